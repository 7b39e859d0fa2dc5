import { createFaultBehavior } from '../common-behaviors.ts'
import { createOpenAiError } from '../create-openai-error.ts'
import type { Product, OddReply } from '../types.ts'

const SOURCE = 'API gateways and sign-on proxies before a model'

const error = (status: number, message: string): OddReply => ({
  status,
  body: { statusCode: status, message },
})

function page(status: number, title: string): OddReply {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  }
}

/** A gateway of a company, such as https://learn.microsoft.com/azure/api-management. */
export const companyGateway: Product = {
  wire: 'openai',
  base: '/llm/v1',
  unknownPath: () => error(404, 'Resource not found'),
  behaviors: {
    // Cached tokens are counted in addition to the prompt tokens.
    'cached-beside': {
      source: 'https://github.com/vercel-labs/ai-python/pull/159',
      shape: (body) => ({
        ...body,
        usage: {
          prompt_tokens: 60,
          completion_tokens: 100,
          total_tokens: 160,
          prompt_tokens_details: { cached_tokens: 740 },
        },
      }),
    },
    'fractional-usage': {
      source: SOURCE,
      shape: (body) => ({
        ...body,
        usage: { prompt_tokens: 800.5, completion_tokens: 99.75, total_tokens: 900.25 },
      }),
    },

    'login-page': createFaultBehavior(
      'https://github.com/desktop/desktop/issues/9216',
      page(200, 'Sign in to Example Corp'),
    ),
    redirect: createFaultBehavior(SOURCE, {
      status: 302,
      headers: { location: 'https://login.example.invalid/oauth2/authorize?client_id=7' },
      body: '',
    }),
    'redirect-307': createFaultBehavior(SOURCE, {
      status: 307,
      headers: { location: 'https://gateway-2.example.invalid/llm/v1/chat/completions' },
      body: '',
    }),
    'bad-gateway-page': createFaultBehavior(SOURCE, page(502, '502 Bad Gateway')),
    'blocked-page': createFaultBehavior(
      SOURCE,
      page(403, 'Access to this site is blocked by policy'),
    ),
    'no-subscription': createFaultBehavior(
      SOURCE,
      error(
        401,
        'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.',
      ),
    ),
    'daily-quota': createFaultBehavior(SOURCE, {
      ...createOpenAiError(429, 'Daily requests of this model are used up', {
        code: 'rate_limit_exceeded',
      }),
      headers: { 'retry-after': '86400' },
    }),
    'out-of-quota': createFaultBehavior(
      SOURCE,
      error(403, 'Out of call volume quota. Quota will be replenished in 2.02:13:11.'),
    ),
  },
}
