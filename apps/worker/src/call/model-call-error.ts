import { addLedgers, NOTHING_SPENT, type Ledger } from './ledger.ts'
import type { AnswerOrigin } from './model-call.ts'

/** The failure of a model call after at least one request was sent, with the calls that were made and their cost. */
export class ModelCallError extends Error {
  override readonly name = 'ModelCallError'
  override readonly cause: unknown
  readonly spent: Ledger
  /** The model that was called last, such as a fallback model. Default: the model of the scan. */
  readonly answerer: AnswerOrigin | undefined

  constructor(cause: unknown, spent: Ledger, answerer?: AnswerOrigin) {
    super('a model call failed', { cause })
    this.cause = cause
    this.spent = spent
    this.answerer = answerer
  }
}

/** The answer to a multi-type prompt has no valid entry for a type. The next call is about this type only. */
export class UnusablePartError extends Error {
  override readonly name = 'UnusablePartError'
}

export function getCause(error: unknown): unknown {
  return error instanceof ModelCallError ? error.cause : error
}

/** Returns the calls of a failed model call; none if no request was sent. */
export function getSpent(error: unknown): Ledger {
  return error instanceof ModelCallError ? error.spent : NOTHING_SPENT
}

/** Adds earlier calls to a failure. */
export function addSpent(error: unknown, earlier: Ledger, answerer?: AnswerOrigin): ModelCallError {
  const last = error instanceof ModelCallError ? error.answerer : undefined
  return new ModelCallError(getCause(error), addLedgers(earlier, getSpent(error)), answerer ?? last)
}
