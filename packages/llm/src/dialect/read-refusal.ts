import { APIError as AnthropicError } from '@anthropic-ai/sdk/core/error'
import { APIError as OpenAiError } from 'openai/core/error'
import { ErrorInAnswer } from '../error-in-answer.ts'
import { findErrorResponse } from '../provider-fetch.ts'
import { asMembers } from '../wire/members.ts'

/** Error response to a request, with names and texts for findRefusedParts. Untrusted. */
export interface RefusedRequest {
  /** HTTP status. For an error with a success status, the status in the body, if any. */
  status: number | undefined
  /** Parameter names in members of the body such as `param` and `loc`, in lower case. */
  named: string
  /** Codes and all texts in lower case. */
  text: string
}

const MAX_CHARACTERS = 4_000
const MAX_DEPTH = 7
/** Members that repeat the prompt or documentation. Parameters in them are not refused. */
const ECHOES = new Set(['input', 'ctx', 'url', 'body', 'request', 'failed_generation'])
const NAMES = new Set(['param', 'parameter', 'loc', 'field', 'fieldviolations', 'path', 'pointer'])

/** Reads an error of an SDK, or an ErrorInAnswer. Undefined for all others. */
export function readRefusal(error: unknown): RefusedRequest | undefined {
  if (error instanceof ErrorInAnswer) {
    return {
      ...readNamesAndTexts(error.error),
      status: readBodyStatus(error.error) ?? readErrorStatus(error),
    }
  }
  const isApiError = error instanceof AnthropicError || error instanceof OpenAiError
  if (!isApiError || typeof error.status !== 'number') return undefined
  // The original body, because the SDK of OpenAI keeps only its member `error`.
  const body = findErrorResponse(error.headers)?.body
  return { ...readNamesAndTexts(parseBody(body ?? error.message)), status: error.status }
}

/** Batch lines have a status. */
function readErrorStatus({ status }: ErrorInAnswer): number | undefined {
  return status >= 400 ? status : undefined
}

function readBodyStatus(body: unknown): number | undefined {
  const { code, status, status_code } = asMembers(body)
  const found = [code, status, status_code].map(Number)
  return found.find((one) => Number.isInteger(one) && one >= 400 && one < 600)
}

/** Returns a body that is not JSON as text. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function readNamesAndTexts(body: unknown): Pick<RefusedRequest, 'named' | 'text'> {
  const found: { named: string[]; texts: string[] } = { named: [], texts: [] }
  collect(body, { found, isName: false, depth: 0 })
  const join = (texts: string[]): string => texts.join(' ; ').slice(0, MAX_CHARACTERS).toLowerCase()
  return { named: join(found.named), text: join(found.texts) }
}

interface Walk {
  found: { named: string[]; texts: string[] }
  isName: boolean
  depth: number
}

function collect(value: unknown, { found, isName, depth }: Walk): void {
  if (depth > MAX_DEPTH) return
  if (typeof value === 'string') {
    if (isName) found.named.push(value)
    else found.texts.push(value)
  } else if (Array.isArray(value)) {
    const items = isName ? [value.filter((one) => typeof one !== 'object').join('.')] : value
    for (const item of items) collect(item, { found, isName, depth: depth + 1 })
  } else {
    for (const [name, member] of Object.entries(asMembers(value))) {
      const key = name.toLowerCase()
      if (ECHOES.has(key)) continue
      collect(member, { found, isName: NAMES.has(key), depth: depth + 1 })
    }
  }
}
