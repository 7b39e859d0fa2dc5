import { z } from 'zod'

/** A failure that came with a good status: the error is the body of the answer, or a member of it. */
export class ErrorInAnswer extends Error {
  override readonly name = 'ErrorInAnswer'
  readonly status: number
  readonly headers: Headers
  /** As it was sent; untrusted. */
  readonly error: unknown

  constructor(error: unknown, response: Pick<Response, 'status' | 'headers'>) {
    super('The answer is an error')
    this.status = response.status
    this.headers = response.headers
    this.error = error
  }
}

const WithError = z.looseObject({ error: z.unknown() }).catch({ error: undefined })

/**
 * Throws when an answer is an error in disguise: OpenAI's responses that failed, and gateways that answer
 * 200 whatever the provider behind them said. The SDKs take both for an answer.
 */
export function rejectErrorInAnswer(
  body: unknown,
  response: Pick<Response, 'status' | 'headers'>,
): void {
  const { error } = WithError.parse(body)
  if (error === undefined || error === null) return
  throw new ErrorInAnswer(typeof error === 'string' ? { message: error } : error, response)
}
