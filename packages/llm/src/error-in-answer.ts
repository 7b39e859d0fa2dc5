import { findError, findErrorMember } from './errors/find-error.ts'

type ResponseHead = Pick<Response, 'status' | 'headers'> & Partial<Pick<Response, 'url'>>

/** A failed request with a success status: the body is an error, contains one, or is not an answer. */
export class ErrorInAnswer extends Error {
  override readonly name = 'ErrorInAnswer'
  readonly status: number
  readonly headers: Headers
  readonly url: string | undefined
  /** The error in the body, or the body itself if it has none. Unchanged and untrusted. */
  readonly error: unknown

  constructor(error: unknown, response: ResponseHead) {
    super('The answer is an error')
    this.status = response.status
    this.headers = response.headers
    this.url = response.url
    this.error = error
  }
}

/**
 * Throws ErrorInAnswer for bodies with a success status that the SDKs accept as answers: failed responses of OpenAI, errors that a
 * gateway forwards with status 200, a `choices` entry with an error, and HTML, event streams or plain text instead of JSON.
 */
export function rejectErrorInAnswer(body: unknown, response: ResponseHead): void {
  const found = findError(body)
  if (found) throw new ErrorInAnswer(found.error, response)
}

/** Throws ErrorInAnswer for responses other than model answers that are an error or have an error member. */
export function rejectErrorMember(body: unknown, response: ResponseHead): void {
  const found = findErrorMember(body)
  if (found) throw new ErrorInAnswer(found.error, response)
}
