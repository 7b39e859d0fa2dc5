import { createFaultBehavior } from '../common-behaviors.ts'
import { replaceChoice, replaceMessage } from '../build-good-answer.ts'
import { readFormat } from '../request-parts.ts'
import type { JsonObject, Product, OddReply } from '../types.ts'

function error(status: number, message: string, metadata?: JsonObject): OddReply {
  return { status, body: { error: { message, code: status, ...(metadata && { metadata }) } } }
}

/** Format of an error that occurred after the status had been sent. */
function in200(reply: OddReply): OddReply {
  return { ...reply, status: 200 }
}

function fromProvider(status: number, raw: string): OddReply {
  return error(status, 'Provider returned error', {
    raw,
    provider_name: 'Crucible',
    is_byok: false,
  })
}

const CREDITS = error(
  402,
  'Insufficient credits. Add more using https://openrouter.ai/settings/credits',
  {
    limit_source: 'openrouter_credits',
  },
)

/** OpenRouter: https://openrouter.ai/docs/api-reference/errors. Unknown parameters are ignored. */
export const openRouter: Product = {
  wire: 'openai',
  base: '/api/v1',
  unknownPath: () => ({
    status: 404,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<!DOCTYPE html><html><head><title>Not Found | OpenRouter</title></head></html>',
  }),
  shape: (body) => ({
    ...replaceChoice(replaceMessage(body, { refusal: null, reasoning: null }), {
      native_finish_reason: 'stop',
    }),
    provider: 'Crucible',
    usage: { ...(body['usage'] as JsonObject), cost: 0.000_124, is_byok: false },
  }),
  behaviors: {
    reasoning: {
      source: 'https://openrouter.ai/docs/use-cases/reasoning-tokens',
      shape: (body) => replaceMessage(body, { reasoning: 'Some {thoughts}.' }),
    },
    'no-schema-at-provider': {
      source: 'https://github.com/diegosouzapw/OmniRoute/issues/3044',
      refuse: (request) =>
        readFormat(request) === 'json_schema'
          ? fromProvider(
              400,
              '{"error":{"type":"invalid_request_error","code":"invalid_request_error","message":"response_format of type json_schema is not supported by this model"}}',
            )
          : undefined,
    },

    credits: createFaultBehavior(
      'https://github.com/open-assistant-org/open-assistant/issues/80',
      CREDITS,
    ),
    'credits-in-200': createFaultBehavior(
      'https://openrouter.ai/docs/api-reference/errors',
      in200(CREDITS),
    ),
    'fewer-tokens': createFaultBehavior(
      'https://github.com/Gitlawb/openclaude/issues/1125',
      error(
        402,
        'This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 27342. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account',
        { provider_name: null },
      ),
    ),
    'limited-in-200': createFaultBehavior(
      'https://github.com/BerriAI/litellm/issues/8448',
      in200(fromProvider(429, 'error code: 1015')),
    ),
    limited: createFaultBehavior(
      'https://github.com/open-webui/computer/issues/293',
      fromProvider(
        429,
        'z-ai/glm-5.3-flash is temporarily rate-limited upstream. Please retry shortly',
      ),
    ),
    'choice-error': {
      source: 'https://github.com/genkit-ai/genkit/pull/6259',
      shape: (body) =>
        replaceChoice(replaceMessage(body, { content: '' }), {
          finish_reason: 'error',
          error: { code: 502, message: 'Upstream idle timeout exceeded' },
        }),
    },
    'partial-error': {
      source: 'https://github.com/maximhq/bifrost/issues/5425',
      shape: (body) => ({
        ...replaceChoice(replaceMessage(body, { content: '{"capabilities": ["partial' }), {
          finish_reason: 'error',
        }),
        usage: { prompt_tokens: null, completion_tokens: null, total_tokens: 0 },
      }),
    },
    'wrong-key': createFaultBehavior(
      'https://openrouter.ai/docs/api-reference/errors',
      error(401, 'No auth credentials found'),
    ),
    'wrong-key-in-200': createFaultBehavior(
      'https://openrouter.ai/docs/api-reference/errors',
      in200(error(401, 'User not found.')),
    ),
    'unknown-model': createFaultBehavior(
      'https://openrouter.ai/docs/api-reference/errors',
      error(400, 'served/name is not a valid model ID'),
    ),
    moderated: createFaultBehavior(
      'https://openrouter.ai/docs/api-reference/errors',
      error(403, 'Input was flagged', {
        reasons: ['violence'],
        flagged_input: 'kill -9',
        provider_name: 'OpenAI',
      }),
    ),
  },
}
