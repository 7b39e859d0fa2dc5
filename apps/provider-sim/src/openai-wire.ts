import { z } from 'zod'
import type { LimitView } from './account-limits.ts'
import type { ErrorKind, Said, Wire } from './wire.ts'

const ChatRequest = z.object({
  model: z.string().min(1),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  max_tokens: z.int().positive().optional(),
  max_completion_tokens: z.int().positive().optional(),
})

const ResponsesRequest = z.object({
  model: z.string().min(1),
  instructions: z.string().default(''),
  input: z.string().min(1),
  max_output_tokens: z.int().positive().optional(),
})

const ERRORS: Record<ErrorKind, [number, string, string | null]> = {
  auth: [401, 'invalid_request_error', 'invalid_api_key'],
  rate: [429, 'requests', 'rate_limit_exceeded'],
  overloaded: [503, 'server_error', null],
  server: [500, 'server_error', null],
  quota: [429, 'insufficient_quota', 'insufficient_quota'],
  invalid: [400, 'invalid_request_error', null],
}

const shared: Pick<Wire, 'error' | 'headers'> = {
  error: (kind, message) => {
    const [status, type, code] = ERRORS[kind]
    return { status, body: { error: { message, type, param: null, code } } }
  },
  headers: (requestId, view) => ({ 'x-request-id': `req_${requestId}`, ...limitHeaders(view) }),
}

/** OpenAI chat/completions, which all compatible servers speak. */
export const openAiChatWire: Wire = {
  ...shared,
  path: '/v1/chat/completions',
  read: (body) => {
    const request = ChatRequest.parse(body)
    const of = (role: string) => request.messages.filter((message) => message.role === role)
    return {
      system: of('system')
        .map((message) => message.content)
        .join('\n'),
      user: of('user')
        .map((message) => message.content)
        .join('\n'),
      model: request.model,
      maxTokens: request.max_completion_tokens ?? request.max_tokens ?? 4096,
    }
  },
  answer: (said) => ({
    id: `chatcmpl-${said.id}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: said.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: said.stop === 'refusal' ? null : said.text,
          refusal: said.stop === 'refusal' ? said.text : null,
        },
        logprobs: null,
        finish_reason: said.stop === 'length' ? 'length' : 'stop',
      },
    ],
    usage: {
      prompt_tokens: said.inputTokens + said.cachedTokens,
      completion_tokens: said.outputTokens,
      total_tokens: said.inputTokens + said.cachedTokens + said.outputTokens,
      prompt_tokens_details: { cached_tokens: said.cachedTokens },
    },
  }),
}

/** OpenAI Responses. */
export const openAiResponsesWire: Wire = {
  ...shared,
  path: '/v1/responses',
  read: (body) => {
    const request = ResponsesRequest.parse(body)
    return {
      system: request.instructions,
      user: request.input,
      model: request.model,
      maxTokens: request.max_output_tokens ?? 4096,
    }
  },
  answer: (said) => ({
    id: `resp_${said.id}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: said.stop === 'length' ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: said.stop === 'length' ? { reason: 'max_output_tokens' } : null,
    instructions: null,
    metadata: {},
    model: said.model,
    output: [
      {
        id: `msg_${said.id}`,
        type: 'message',
        role: 'assistant',
        status: said.stop === 'length' ? 'incomplete' : 'completed',
        content: [responsePart(said)],
      },
    ],
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    usage: {
      input_tokens: said.inputTokens + said.cachedTokens,
      input_tokens_details: { cached_tokens: said.cachedTokens, cache_write_tokens: 0 },
      output_tokens: said.outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: said.inputTokens + said.cachedTokens + said.outputTokens,
    },
  }),
}

function responsePart(said: Said) {
  return said.stop === 'refusal'
    ? { type: 'refusal', refusal: said.text }
    : { type: 'output_text', text: said.text, annotations: [], logprobs: [] }
}

function limitHeaders(view: LimitView | undefined): Record<string, string> {
  if (!view) return {}
  const named = (name: string, { limit, remaining, resetMs }: LimitView['tokens']) => ({
    [`x-ratelimit-limit-${name}`]: String(limit),
    [`x-ratelimit-remaining-${name}`]: String(remaining),
    [`x-ratelimit-reset-${name}`]: duration(resetMs),
  })
  return { ...named('requests', view.requests), ...named('tokens', view.tokens) }
}

/** `120ms`, `1.5s`, `6m0s`: durations as the service writes them. */
function duration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${Number(seconds.toFixed(3))}s`
  return `${Math.floor(seconds / 60)}m${Math.ceil(seconds % 60)}s`
}
