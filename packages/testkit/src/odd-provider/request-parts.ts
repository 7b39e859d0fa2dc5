import type { JsonObject, OddRequest } from './types.ts'

/** Parameters that the OpenAI reference lists for chat completions. */
const CHAT_PARAMETERS = new Set(
  `model messages max_tokens max_completion_tokens temperature top_p n stream stream_options stop
  presence_penalty frequency_penalty logit_bias logprobs top_logprobs user seed tools tool_choice
  parallel_tool_calls response_format service_tier metadata store reasoning_effort verbosity
  prompt_cache_key prompt_cache_retention prompt_cache_options safety_identifier modalities`.split(
    /\s+/,
  ),
)

/** Finds the first parameter that neither the reference nor `more` lists, or that `except` names. */
export function findUnknownParameter(
  { body }: OddRequest,
  { except = [] }: { except?: readonly string[] } = {},
): string | undefined {
  return Object.keys(body).find((name) => !CHAT_PARAMETERS.has(name) || except.includes(name))
}

/** `text` when the request has no format. */
export function readFormat({ body }: OddRequest): string {
  return asText(asObject(body['response_format'])['type']) || 'text'
}

export function readJsonSchema({ body }: OddRequest): JsonObject {
  return asObject(asObject(body['response_format'])['json_schema'])
}

export function readMessages({ body }: OddRequest): JsonObject[] {
  return Array.isArray(body['messages']) ? body['messages'].map(asObject) : []
}

export function hasRole(request: OddRequest, role: string): boolean {
  return readMessages(request).some((message) => message['role'] === role)
}

/** The whole prompt, in the wire format of Anthropic or OpenAI. */
export function readPrompt(request: OddRequest): string {
  const contents = readMessages(request).map(({ content }) => content)
  return [request.body['system'], ...contents].map(joinText).join('\n')
}

/** Finds the first of these keywords anywhere in a schema. */
export function findKeyword(schema: unknown, keywords: readonly string[]): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  for (const [name, value] of Object.entries(schema)) {
    const found = keywords.includes(name) ? name : findKeyword(value, keywords)
    if (found !== undefined) return found
  }
  return undefined
}

export function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : {}
}

/** Empty for values other than strings. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function joinText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part) => asText(asObject(part)['text'])).join('')
}
