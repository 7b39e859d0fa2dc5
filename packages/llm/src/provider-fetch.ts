import { createGuardedFetch } from '@capstan/shared/http/create-guarded-fetch'
import { maskUrl } from '@capstan/shared/http/mask-url'
import { replaceBody } from '@capstan/shared/http/replace-body'
import { isNestedDeeply } from '@capstan/shared/json/is-nested-deeply'
import { ErrorInAnswer, rejectErrorMember } from './error-in-answer.ts'

/** What a failed answer said. The SDKs keep only a part of its body, and not its URL. */
export interface ErrorResponse {
  body: string
  /** Without credentials and query. */
  url: string
}

const failedAnswers = new WeakMap<Headers, ErrorResponse>()

/** What the failed answer with these headers said; an error of an SDK holds the headers themselves, not a copy. */
export function findErrorResponse(headers: Headers | undefined): ErrorResponse | undefined {
  return headers && failedAnswers.get(headers)
}

/** Enough of an error for every class; a page may be much longer. */
const ERROR_BYTES = 64 * 1024
/** Of one answer of a model. */
export const ANSWER_BYTES = 4 * 1024 * 1024

/**
 * The fetch of the SDK clients. Bodies of good answers are read here, bounded. Servers send JSON as text, and pages and
 * event streams as JSON: what is JSON is marked so, and anything else rejects with ErrorInAnswer, because the SDKs fail
 * over it in words of their own. Bodies of failed answers are kept for the classifier.
 */
export function createProviderFetch(maxBytes = ANSWER_BYTES): typeof fetch {
  const send = createGuardedFetch({ maxBytes })
  return async (input, init) => {
    const response = await send(input, init)
    return response.ok ? markJson(response) : keepBody(response)
  }
}

/**
 * The same for calls about files and batches: an answer that holds an error rejects with ErrorInAnswer, because a list
 * without data looks empty to the SDKs, and a batch that is not found would be paid for twice.
 */
export function createAdministrationFetch(): typeof fetch {
  const send = createProviderFetch()
  return async (input, init) => {
    const response = await send(input, init)
    if (response.ok) rejectErrorMember(await response.clone().json(), response)
    return response
  }
}

/** For bodies of any length, which are read line by line. */
export function createStreamingFetch(): typeof fetch {
  const send = createGuardedFetch({})
  return async (input, init) => {
    const response = await send(input, init)
    return response.ok ? response : keepBody(response)
  }
}

async function markJson(response: Response): Promise<Response> {
  const text = await response.text()
  if (!/^\s*[[{]/.test(text)) throw new ErrorInAnswer(text, response)
  return asJson(response, text)
}

async function keepBody(response: Response): Promise<Response> {
  const body = await readBeginning(response)
  const kept = asJson(response, isSafe(body) ? body : '')
  failedAnswers.set(kept.headers, { body, url: maskUrl(response.url) })
  return kept
}

/** The SDKs turn an error body back into text, recursively. */
function isSafe(body: string): boolean {
  try {
    return !isNestedDeeply(JSON.parse(body))
  } catch {
    return true
  }
}

/** As much as was sent; what breaks off is as good as what was cut. */
async function readBeginning({ body }: Response): Promise<string> {
  if (!body) return ''
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      bytes += chunk.byteLength
      if (bytes >= ERROR_BYTES) break
    }
  } catch {
    // The status says more than why its body broke off.
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, ERROR_BYTES))
}

function asJson(response: Response, text: string): Response {
  const headers = new Headers(response.headers)
  headers.set('content-type', 'application/json')
  headers.delete('content-length')
  return replaceBody(response, text, headers)
}
