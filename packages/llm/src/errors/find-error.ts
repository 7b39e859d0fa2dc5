import { isNestedDeeply } from '@capstan/shared/json/is-nested-deeply'

type Members = Record<string, unknown>

/**
 * The error that a good answer is or holds, as it was sent; undefined when the answer can be read. What a model wrote is
 * not looked at.
 */
export function findError(body: unknown): { error: unknown } | undefined {
  if (!isMembers(body)) return { error: body }
  if (isNestedDeeply(body)) return { error: TOO_DEEP }
  const error = errorMember(body) ?? errorOfChoice(body) ?? errorOfStop(body)
  if (error) return error
  return hasAnswer(body) ? undefined : { error: body }
}

const TOO_DEEP = { code: 'unreadable', message: 'its JSON is nested too deeply' }

/** The error that is a member of an answer or the whole of it, whatever else the answer should hold. */
export function findErrorMember(body: unknown): { error: unknown } | undefined {
  if (!isMembers(body)) return { error: body }
  const { error, success, status, object } = body
  const isOne = success === false || status === 'error' || object === 'error' || !isBlank(error)
  return isOne ? { error: body } : undefined
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function errorMember(body: Members): { error: unknown } | undefined {
  const { error, errors, code, status, status_code } = body
  if (isBlank(error)) return isBlank(errors) ? undefined : { error: body }
  // A text, or an error whose status stands beside it, is only whole with what is around it.
  const isWhole = isMembers(error) && [code, status, status_code].every((one) => one === undefined)
  return { error: isWhole ? error : body }
}

/** Some gateways send an error with every answer, which says that there is none. */
function isBlank(error: unknown): boolean {
  if (!error) return true
  if (Array.isArray(error)) return error.length === 0
  if (!isMembers(error)) return error === 'success' || error === 'ok'
  return Object.values(error).every((value) => FINE.has(value))
}

const FINE = new Set<unknown>([undefined, null, '', 0, 200, '0', '200', 'ok', 'OK', 'success'])

function errorOfChoice({ choices }: Members): { error: unknown } | undefined {
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined
  if (!isMembers(choice)) return undefined
  const { error } = choice
  if (!isBlank(error)) return { error: typeof error === 'string' ? { message: error } : error }
  if (choice['finish_reason'] === NO_RESOURCE) return { error: OVERLOADED }
  if (choice['finish_reason'] !== 'error') return undefined
  const { native_finish_reason: native } = choice
  const more = typeof native === 'string' ? ` (${native})` : ''
  return { error: { message: `the choice ended with an error${more}` } }
}

/** Of DeepSeek: the answer was broken off for want of a server. */
const NO_RESOURCE = 'insufficient_system_resource'
const OVERLOADED = { code: 'overloaded', message: 'the server had no resources for the answer' }

/** The prompt left no room, or a filter kept the answer. */
function errorOfStop(body: Members): { error: unknown } | undefined {
  const { stop_reason: stop, incomplete_details: details, choices } = body
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined
  const finish = isMembers(choice) ? choice['finish_reason'] : undefined
  if (stop === CONTEXT_EXCEEDED || finish === CONTEXT_EXCEEDED) {
    return {
      error: { code: CONTEXT_EXCEEDED, message: 'prompt and answer exceed the context window' },
    }
  }
  const isFiltered = isMembers(details) && details['reason'] === 'content_filter'
  return isFiltered
    ? { error: { code: 'content_filter', message: 'a content filter kept the answer' } }
    : undefined
}

const CONTEXT_EXCEEDED = 'model_context_window_exceeded'

/** In the form of chat/completions, responses, messages or embeddings. */
function hasAnswer(body: Members): boolean {
  const { choices, content, output, output_text: text, data, stop_reason, status } = body
  if (Array.isArray(choices)) return hasMessage(choices[0])
  // A model may end without a word; then the message is whole, and names its stop.
  if (Array.isArray(content)) return content.length > 0 || typeof stop_reason === 'string'
  if (Array.isArray(output)) return output.length > 0 || status === 'incomplete'
  return typeof content === 'string' || typeof text === 'string' || Array.isArray(data)
}

/** Servers that stream inside send a delta, and completion models a text. */
function hasMessage(choice: unknown): boolean {
  if (!isMembers(choice)) return false
  return isMembers(choice['message']) || isMembers(choice['delta']) || 'text' in choice
}
