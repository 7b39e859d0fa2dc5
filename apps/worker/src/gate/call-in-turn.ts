import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import type { Dialect } from '@capstan/shared/inference/dialect'
import type { ModelAnswer, Question } from '@capstan/shared/inference/types'
import { classifyCallOutcome } from '@capstan/limits/limiter/classify-call-outcome'
import type { CallFailureKind, Permit } from '@capstan/limits/types'
import type { Price } from '@capstan/shared/prices/price'
import type { Log } from '@capstan/shared/log'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { HealthWatch } from '../accounts/watch-health.ts'
import { boundedCall } from './bounded-call.ts'
import type { DayGuard, Spending } from './day-guard.ts'
import type { Entered } from './enter-any.ts'

export interface CallDeps {
  day: DayGuard
  priceOf: (provider: Entered['account']['provider'], model: string) => Price | null
  /** Longest one call may take. */
  callTimeoutMs: number
  health: HealthWatch
  log: Log
}

/** A call that has its turn and its money, and is about to be made. */
export interface Admitted extends Entered {
  spending: Spending
  question: Question
  /** A check of the account: nothing is learned from its length. */
  isCheck?: boolean | undefined
  /** Undefined: the model has one form only, or is asked in its full dialect. */
  dialect?: Dialect | undefined
}

/** A lease outlives the call it is for, so that it never frees the slot of a call that still runs. */
export const LEASE_MARGIN_MS = 10_000
const SETTLE_MS = 10_000

interface CallToAdmit extends Pick<Admitted, 'question' | 'isCheck'> {
  entered: Entered
  model: string
  /** When the call began to wait, on the clock of `performance`. */
  begunAt: number
}

/**
 * Takes what a call may spend from the budget of the day. Throws the guard's error, or the signal's reason when nobody
 * wants the call any more; then turn and money go back whole.
 */
export async function admitCall(
  { day, priceOf, callTimeoutMs, health }: Omit<CallDeps, 'log'>,
  { entered, model, question, isCheck = false, begunAt }: CallToAdmit,
  signal: AbortSignal,
): Promise<Admitted> {
  const { account, turn } = entered
  const spending: Spending = {
    id: turn.lease,
    model,
    price: priceOf(account.provider, model),
    usage: estimateOf(turn, question),
    forMs: callTimeoutMs + LEASE_MARGIN_MS,
  }
  try {
    await day.enter(spending)
    // A check is made by a person who wants to know it now.
    if (!isCheck) await health.admit(account, model, performance.now() - begunAt)
    signal.throwIfAborted()
  } catch (error) {
    // Not heard, they expire by themselves. The money too: it may be set aside although nobody heard so.
    await Promise.all([turn.fail('unsent').catch(() => undefined), day.leave(spending, NO_USAGE)])
    throw error
  }
  return { ...entered, spending, question, isCheck }
}

/** As the limits reckon it, which learn from what calls have used; nothing counts as read from a cache. */
function estimateOf({ reserved }: Permit, { maxOutputTokens }: Question): Usage {
  return {
    inputTokens: Math.max(0, reserved.tokens - maxOutputTokens),
    cachedTokens: 0,
    outputTokens: reserved['output-tokens'],
  }
}

/** Whatever becomes of the call, turn and money are settled with what it used. */
export async function callInTurn(
  deps: CallDeps,
  { account, turn, spending, question, isCheck = false, dialect }: Admitted,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const { day, callTimeoutMs, health } = deps
  const model = account.model(spending.model)
  try {
    const call = (until: AbortSignal) => model.ask(question, until, dialect)
    const answer = await boundedCall(call, signal, callTimeoutMs)
    const settling = settle(deps, turn.settle(isCheck ? undefined : answer.usage, answer.observed))
    const noting = health.answered(account, spending.model)
    await Promise.all([settling, noting, day.leave(spending, answer.usage)])
    return answer
  } catch (error) {
    const { kind, ...facts } = classifyCallOutcome(error)
    await Promise.all([settle(deps, turn.fail(kind, facts)), day.leave(spending, usedBy(kind))])
    // Another dialect may do: only the end of the negotiation says something about the route.
    if (error instanceof DialectRefusal) throw error
    throw await health.failed(account, spending.model, error)
  }
}

/** What was cut off by us may have been charged, what the provider turned away or broke off was not. */
export function usedBy(kind: CallFailureKind): Usage | 'unknown' {
  return kind === 'aborted' || kind === 'timeout' ? 'unknown' : NO_USAGE
}

/** A Redis that is away must not cost a paid answer; the lease then expires by itself. */
async function settle({ log }: CallDeps, settling: Promise<void>): Promise<void> {
  await withTimeout(settling, SETTLE_MS, 'the limits').catch((error: unknown) =>
    log.warn({ err: error }, 'a turn could not be settled; it expires'),
  )
}
