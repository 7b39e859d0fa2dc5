import { z } from 'zod'
import type { LimitView } from './account-limits.ts'
import type { ErrorKind, Wire } from './wire.ts'

const Text = z.union([
  z.string(),
  z
    .array(z.object({ type: z.literal('text'), text: z.string() }))
    .transform((blocks) => blocks.map((block) => block.text).join('\n')),
])

const MessagesRequest = z.object({
  model: z.string().min(1),
  max_tokens: z.int().positive(),
  system: Text.default(''),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: Text })).min(1),
  stream: z.literal(false).optional(),
})

const ERRORS: Record<ErrorKind, [number, string]> = {
  auth: [401, 'authentication_error'],
  rate: [429, 'rate_limit_error'],
  overloaded: [529, 'overloaded_error'],
  server: [500, 'api_error'],
  quota: [402, 'billing_error'],
  invalid: [400, 'invalid_request_error'],
}

/** Anthropic Messages. */
export const anthropicWire: Wire = {
  path: '/v1/messages',
  read: (body) => {
    const request = MessagesRequest.parse(body)
    return {
      system: request.system,
      user: request.messages.map((message) => message.content).join('\n'),
      model: request.model,
      maxTokens: request.max_tokens,
    }
  },
  answer: (said) => ({
    id: `msg_${said.id}`,
    type: 'message',
    role: 'assistant',
    model: said.model,
    content: [{ type: 'text', text: said.text }],
    stop_reason:
      said.stop === 'length' ? 'max_tokens' : said.stop === 'refusal' ? 'refusal' : 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: said.inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: said.cachedTokens,
      output_tokens: said.outputTokens,
    },
  }),
  error: (kind, message) => {
    const [status, type] = ERRORS[kind]
    return { status, body: { type: 'error', error: { type, message } } }
  },
  headers: (requestId, view, nowMs) => ({
    'request-id': `req_${requestId}`,
    ...limitHeaders(view, nowMs),
  }),
}

function limitHeaders(view: LimitView | undefined, nowMs: number): Record<string, string> {
  if (!view) return {}
  const named = (
    name: string,
    { limit, remaining, resetMs }: LimitView['tokens'],
    rounding: number,
  ) => ({
    [`anthropic-ratelimit-${name}-limit`]: String(limit),
    [`anthropic-ratelimit-${name}-remaining`]: String(Math.round(remaining / rounding) * rounding),
    [`anthropic-ratelimit-${name}-reset`]: new Date(nowMs + resetMs).toISOString(),
  })
  // The real service rounds tokens to the nearest thousand.
  return { ...named('requests', view.requests, 1), ...named('tokens', view.tokens, 1000) }
}
