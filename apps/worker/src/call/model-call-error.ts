import { addLedgers, NOTHING_SPENT, type Ledger } from './ledger.ts'
import type { Answerer } from './model-call.ts'

/** A call failed after calls were sent: its cause, and what they cost. */
export class ModelCallError extends Error {
  override readonly name = 'ModelCallError'
  override readonly cause: unknown
  readonly spent: Ledger
  /** The model that was asked last. Default: the scan's own. */
  readonly answerer: Answerer | undefined

  constructor(cause: unknown, spent: Ledger, answerer?: Answerer) {
    super('a model call failed', { cause })
    this.cause = cause
    this.spent = spent
    this.answerer = answerer
  }
}

/** A shared answer has no usable part for a type: a call of its own is next. */
export class UnusablePart extends Error {
  override readonly name = 'UnusablePart'
}

export function getCause(error: unknown): unknown {
  return error instanceof ModelCallError ? error.cause : error
}

/** The cost of a failed call: nothing when it was not sent. */
export function getSpent(error: unknown): Ledger {
  return error instanceof ModelCallError ? error.spent : NOTHING_SPENT
}

/** The same failure with the cost of earlier steps. */
export function addSpent(error: unknown, earlier: Ledger, answerer?: Answerer): ModelCallError {
  const asked = error instanceof ModelCallError ? error.answerer : undefined
  return new ModelCallError(
    getCause(error),
    addLedgers(earlier, getSpent(error)),
    answerer ?? asked,
  )
}
