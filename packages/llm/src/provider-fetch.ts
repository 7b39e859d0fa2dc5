import { createGuardedFetch } from '@capstan/shared/http/create-guarded-fetch'
import { maskUrl } from '@capstan/shared/http/mask-url'
import { replaceBody } from '@capstan/shared/http/replace-body'
import { isNestedDeeply } from '@capstan/shared/json/is-nested-deeply'
import { ErrorInAnswer, rejectErrorMember } from './error-in-answer.ts'

/** Body and URL of an error response. The SDKs keep only a part of the body, and no URL. */
export interface ErrorResponse {
  body: string
  /** URL without credentials and query. */
  url: string
}

const errorResponses = new WeakMap<Headers, ErrorResponse>()

/** Finds the error response with these headers. Errors of the SDKs have the same Headers object, not a copy. */
export function findErrorResponse(headers: Headers | undefined): ErrorResponse | undefined {
  return headers && errorResponses.get(headers)
}

/** Bytes read of an error body: enough to classify it. Web pages may be much longer. */
const ERROR_BYTES = 64 * 1024
/** Maximum size of a model answer. */
export const ANSWER_BYTES = 4 * 1024 * 1024

/**
 * Creates the fetch function of the SDK clients. It reads success bodies up to `maxBytes`. Servers send wrong content types, so
 * it marks JSON as JSON and rejects with ErrorInAnswer for anything else, which the SDKs report unclearly. It keeps error
 * bodies for classifyCallError.
 */
export function createProviderFetch(maxBytes = ANSWER_BYTES): typeof fetch {
  const send = createGuardedFetch({ maxBytes })
  return async (input, init) => {
    const response = await send(input, init)
    return response.ok ? markJson(response) : keepBody(response)
  }
}

/**
 * Creates the fetch function for requests about files and batches. It rejects with ErrorInAnswer for a success response with an
 * error: the SDKs read it as an empty list, and a batch that is not found would be paid for twice.
 */
export function createAdministrationFetch(): typeof fetch {
  const send = createProviderFetch()
  return async (input, init) => {
    const response = await send(input, init)
    if (response.ok) rejectErrorMember(await response.clone().json(), response)
    return response
  }
}

/** Creates the fetch function for bodies of any size that are read line by line. */
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
  errorResponses.set(kept.headers, { body, url: maskUrl(response.url) })
  return kept
}

/** False for deeply nested JSON, which the SDKs would serialize recursively. */
function isSafe(body: string): boolean {
  try {
    return !isNestedDeeply(JSON.parse(body))
  } catch {
    return true
  }
}

/** Reads up to ERROR_BYTES. An incomplete body is fine. */
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
    // The status is more useful than the error of an incomplete body.
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, ERROR_BYTES))
}

function asJson(response: Response, text: string): Response {
  const headers = new Headers(response.headers)
  headers.set('content-type', 'application/json')
  headers.delete('content-length')
  return replaceBody(response, text, headers)
}
