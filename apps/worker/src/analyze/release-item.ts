import type { RouteTrialError } from '../accounts/route-trial-error.ts'
import type { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { countCalls, hasBought } from '../call/ledger.ts'
import type { QuestionInBatchError } from '../call/with-batch-answers.ts'
import type { AnswerLeasedError } from '../call/with-result-cache.ts'
import { STORE_MS } from '../accounts/time-limits.ts'
import type { AnalysisDeps } from './analysis-deps.ts'
import { describeAttempt, type EndedAttempt } from './attempt.ts'
import { ABORTS, type AbortName, type Disposition } from './disposition.ts'
import { computeLeaseWaitMs } from './compute-lease-wait.ts'
import { recordOutcome } from './record-outcome.ts'

// Outcomes that put an item back to `queued` without using up one of its attempts.

const SPREAD_MS = 2_000

/** The attempt was aborted. */
export async function releaseAborted(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  name: AbortName,
): Promise<Disposition> {
  noteNext(ended, ABORTS[name], 'released')
  await release(deps, ended, ABORTS[name])
  switch (name) {
    case 'stopping':
      return { next: 'requeue' }
    case 'canceled':
    case 'paused':
      return { next: 'remove' }
    case 'lock-lost':
      return { next: 'abandon' }
    case 'lease-lost':
      return { next: 'delay', delayMs: computeLeaseWaitMs(0, 0) }
  }
}

/** Another attempt pays for the answer: it has acquired the lease since the claim. */
export async function releaseBusy(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  { message, retryAfterMs }: AnswerLeasedError,
): Promise<Disposition> {
  await releaseLater(deps, ended, message)
  return { next: 'delay', delayMs: computeLeaseWaitMs(0, retryAfterMs) }
}

/** A trial call of another attempt tests whether the route answers again. */
export async function releaseDuringTrial(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  { message, retryAfterMs }: RouteTrialError,
): Promise<Disposition> {
  await releaseLater(deps, ended, message)
  return { next: 'delay', delayMs: addJitter(retryAfterMs) }
}

/** The limits admit no call for longer than a slot may wait. */
export async function releaseWaiting(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  { message, waitMs }: MaxWaitError,
): Promise<Disposition> {
  await releaseLater(deps, ended, message)
  // Nothing was spent, so this attempt has already tried the fallback model.
  return hasBought(ended.spent)
    ? pauseUnlessFallback(deps, ended, waitMs)
    : pauseRoute(deps, ended, waitMs)
}

/** The question is in a batch, which may take hours; the slot is free meanwhile. */
export async function releaseInBatch(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  { message, retryAfterMs, askedBy }: QuestionInBatchError,
): Promise<Disposition> {
  const next = `again in ${formatSeconds(retryAfterMs)} at most, no attempt used`
  noteNext(ended, message, next)
  await recordReleased(deps, ended, message, askedBy)
  return { next: 'delay', delayMs: retryAfterMs }
}

/** The jobs of the route stay in their queue, so that an early end of the pause reaches all of them. */
export async function releaseAndPause(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  because: string,
  waitMs: number,
): Promise<Disposition> {
  noteNext(ended, because, 'back to the queue, no attempt used')
  await recordReleased(deps, ended, because)
  return pauseUnlessFallback(deps, ended, waitMs)
}

async function releaseLater(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  because: string,
): Promise<void> {
  noteNext(ended, because, 'back to the queue, no attempt used')
  await release(deps, ended, because)
}

/** An attempt without a call and without a batch answer is not kept among the attempts of the item. */
async function release(deps: AnalysisDeps, ended: EndedAttempt, because: string): Promise<void> {
  const { spent } = ended
  const type = countCalls(spent) > 0 || hasBought(spent) ? 'released' : 'deferred'
  await recordOutcome(deps, ended, { type, because, ...describeAttempt(ended) })
}

export async function recordReleased(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  because: string,
  waitsFor?: string,
): Promise<void> {
  const outcome = { type: 'released' as const, because, waitsFor, ...describeAttempt(ended) }
  await recordOutcome(deps, ended, outcome)
}

/** A fallback model that can be called now answers in the next attempt. */
async function pauseUnlessFallback(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  waitMs: number,
): Promise<Disposition> {
  const choosing = deps.routes.chooseFallback(ended.claim.scan)
  const fallback = await withTimeout(choosing, STORE_MS, 'the limits')
  return fallback ? { next: 'requeue' } : pauseRoute(deps, ended, waitMs)
}

async function pauseRoute(
  { routes }: AnalysisDeps,
  { claim }: EndedAttempt,
  waitMs: number,
): Promise<Disposition> {
  const planning = routes.planPause(claim.scan, addJitter(waitMs))
  return { next: 'pause-route', pause: await withTimeout(planning, STORE_MS, 'the limits') }
}

/** Never earlier than asked, and not for all jobs at the same moment. */
export function addJitter(waitMs: number): number {
  return waitMs + Math.round(Math.random() * Math.min(SPREAD_MS, waitMs / 4))
}

/** Writes to the job log why the attempt ended without an answer, and what comes next. */
export function noteNext({ log }: EndedAttempt, why: string, next: string): void {
  log.end()
  log.note(`${why}; ${next}`)
}

export function formatSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
