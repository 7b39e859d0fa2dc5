import { isNestedDeeply } from '@capstan/shared/json/is-nested-deeply'

type Members = Record<string, unknown>

/**
 * Finds the error that a success body is or contains. Undefined for a usable answer. Ignores the text of the model.
 */
export function findError(body: unknown): { error: unknown } | undefined {
  if (!isMembers(body)) return { error: body }
  if (isNestedDeeply(body)) return { error: TOO_DEEP }
  const error = findMemberError(body) ?? findChoiceError(body) ?? findStopError(body)
  if (error) return error
  return hasAnswer(body) ? undefined : { error: body }
}

const TOO_DEEP = { code: 'unreadable', message: 'its JSON is nested too deeply' }

/** Finds the error that a success body is or has as a member, without a check for an answer. */
export function findErrorMember(body: unknown): { error: unknown } | undefined {
  if (!isMembers(body)) return { error: body }
  const { error, success, status, object } = body
  const isOne = success === false || status === 'error' || object === 'error' || !isBlank(error)
  return isOne ? { error: body } : undefined
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function findMemberError(body: Members): { error: unknown } | undefined {
  const { error, errors, code, status, status_code } = body
  if (isBlank(error)) return isBlank(errors) ? undefined : { error: body }
  // The body is part of the error when the error is a text, or when its status is a sibling member.
  const isWhole = isMembers(error) && [code, status, status_code].every((one) => one === undefined)
  return { error: isWhole ? error : body }
}

/** True for an empty error. Some gateways send one with every answer. */
function isBlank(error: unknown): boolean {
  if (!error) return true
  if (Array.isArray(error)) return error.length === 0
  if (!isMembers(error)) return error === 'success' || error === 'ok'
  return Object.values(error).every((value) => FINE.has(value))
}

const FINE = new Set<unknown>([undefined, null, '', 0, 200, '0', '200', 'ok', 'OK', 'success'])

function findChoiceError({ choices }: Members): { error: unknown } | undefined {
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

/** Finish reason of DeepSeek for an answer that was aborted without server capacity. */
const NO_RESOURCE = 'insufficient_system_resource'
const OVERLOADED = { code: 'overloaded', message: 'the server had no resources for the answer' }

/** The prompt filled the context, or a content filter blocked the answer. */
function findStopError(body: Members): { error: unknown } | undefined {
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

/** True for an answer in the form of chat/completions, responses, messages or embeddings. */
function hasAnswer(body: Members): boolean {
  const { choices, content, output, output_text: text, data, stop_reason, status } = body
  if (Array.isArray(choices)) return hasMessage(choices[0])
  // A complete message without text has a stop reason.
  if (Array.isArray(content)) return content.length > 0 || typeof stop_reason === 'string'
  if (Array.isArray(output)) return output.length > 0 || status === 'incomplete'
  return typeof content === 'string' || typeof text === 'string' || Array.isArray(data)
}

/** Servers with internal streaming send a `delta`, and completion models a `text`. */
function hasMessage(choice: unknown): boolean {
  if (!isMembers(choice)) return false
  return isMembers(choice['message']) || isMembers(choice['delta']) || 'text' in choice
}
