import { findError, findErrorMember } from './errors/find-error.ts'

type Answered = Pick<Response, 'status' | 'headers'> & Partial<Pick<Response, 'url'>>

/** A failure that came with a good status: the answer is an error, holds one, or is no answer at all. */
export class ErrorInAnswer extends Error {
  override readonly name = 'ErrorInAnswer'
  readonly status: number
  readonly headers: Headers
  readonly url: string | undefined
  /** As it was sent; untrusted. */
  readonly error: unknown

  constructor(error: unknown, response: Answered) {
    super('The answer is an error')
    this.status = response.status
    this.headers = response.headers
    this.url = response.url
    this.error = error
  }
}

/**
 * Throws when an answer is an error in disguise: OpenAI's responses that failed, gateways that answer 200 whatever the
 * provider behind them said, failed choices, and pages, streams and texts in place of an answer. The SDKs take all of
 * them for an answer.
 */
export function rejectErrorInAnswer(body: unknown, response: Answered): void {
  const found = findError(body)
  if (found) throw new ErrorInAnswer(found.error, response)
}

/** The same for answers that hold none of a model: throws when one is an error or has one as a member. */
export function rejectErrorMember(body: unknown, response: Answered): void {
  const found = findErrorMember(body)
  if (found) throw new ErrorInAnswer(found.error, response)
}
