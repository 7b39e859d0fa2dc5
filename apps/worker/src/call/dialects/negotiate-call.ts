import type { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import { FULL_DIALECT, isSameDialect } from '@capstan/shared/inference/full-dialect'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type { Targets } from './choose-targets.ts'
import { getCause } from '../model-call-error.ts'
import type { AttemptCall, AttemptedCall, AttemptOptions, RefusedCall } from './refused-call.ts'
import type { Negotiation } from './negotiation.ts'

/** Maximum number of refused calls of a negotiation. */
export const MOST_REFUSALS = 3

type Unknown = NonNullable<Targets['unknown']>

interface NegotiateTargets extends Targets {
  unknown: Unknown
  /** The previous refused call with the same question. */
  refused: RefusedCall | undefined
}

/**
 * Makes one call, again in the next dialect as long as the endpoint refuses it, and ends the negotiation with what was found.
 * Throws what `make` throws: another call then continues the negotiation.
 */
export async function negotiateCall(
  { ready, unknown, refused }: NegotiateTargets,
  options: AttemptOptions,
  make: AttemptCall,
): Promise<AttemptedCall> {
  const { negotiation } = unknown
  const state = { ...options }
  try {
    if (
      refused &&
      isAboutIt(refused, negotiation) &&
      !(await advanceNegotiation(negotiation, refused.refusal))
    ) {
      return { ...refused, isFinal: true }
    }
    // With other callable accounts, no call waits for this negotiation.
    if (ready.length > 0) state.mustStartNow = true
    return await makeUntilAccepted(unknown, state, make)
  } catch (error) {
    if (!(getCause(error) instanceof MaxWaitError) || ready.length === 0) throw error
    negotiation.giveUp()
    return await make(ready, { ...options, isAgain: state.isAgain })
  } finally {
    negotiation.giveUp()
  }
}

function isAboutIt({ target: { dialect } }: RefusedCall, negotiation: Negotiation): boolean {
  return dialect !== undefined && isSameDialect(dialect, negotiation.dialect)
}

async function makeUntilAccepted(
  { account, negotiation }: Unknown,
  options: AttemptOptions,
  make: AttemptCall,
): Promise<AttemptedCall> {
  const onSent = (): void => negotiation.sent()
  let first: RefusedCall | undefined
  for (;;) {
    const { dialect } = negotiation
    const made = await make([{ account, dialect, isProven: false }], { ...options, onSent })
    options.isAgain = true
    if (made.outcome === 'answered') {
      await negotiation.end('learned', dialect)
      return made
    }
    first ??= made
    const { original } = first
    // The dialect was presumed meanwhile: another call may negotiate by now.
    if (!negotiation.isOpen) return { ...made, original }
    if (!(await advanceNegotiation(negotiation, made.refusal)))
      return { ...made, original, isFinal: true }
  }
}

/** Moves on to the next dialect. False: there is none or too many were refused, so the negotiation has failed. */
async function advanceNegotiation(
  negotiation: Negotiation,
  refusal: DialectRefusal,
): Promise<boolean> {
  const next = chooseNext(negotiation, refusal)
  if (next) await negotiation.next(next)
  else await negotiation.end('failed', FULL_DIALECT)
  return next !== undefined
}

function chooseNext({ dialect, old, refusals }: Negotiation, { next, last }: DialectRefusal) {
  if (refusals >= MOST_REFUSALS) return undefined
  // A refused renewal returns to the dialect that the endpoint accepted before.
  if (old && !isSameDialect(old, dialect)) return old
  return refusals + 1 < MOST_REFUSALS ? (next ?? last) : last
}
