import { ItemError } from '@capstan/shared/errors'
import type { AttemptOutcome } from '@capstan/scan-store/journal/types'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import { jobBackoffMs, LONGEST_BACKOFF_MS } from '@capstan/scan-store/queue/job-backoff'
import { MAX_ITEM_ATTEMPTS } from '@capstan/scan-store/queue/infer-queue'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { endBatchAnswer, InBatch } from './batch/batch-answer.ts'
import { HeldBack } from './accounts/held-back.ts'
import { addNextJob } from './add-next-job.ts'
import { ABORTS, isAbortName, type AbortName, type Disposition } from './consume/disposition.ts'
import { failureText, readEnded } from './ended-disposition.ts'
import type { InferenceDeps } from './inference-deps.ts'
import { leaseWaitMs } from './lease-wait.ts'
import { ownFault } from './own-fault.ts'
import { pauseFor } from './pause-for.ts'
import { LONGEST_WAIT_MS, STORE_MS } from './time-limits.ts'
import { attemptFacts, hasSpent, type Work } from './work.ts'

/** Another start is paying for the same answer right now: it has taken the lease since the claim. */
export class BusyElsewhere extends Error {
  override readonly name = 'BusyElsewhere'
  readonly retryAfterMs: number

  constructor({ scanId, retryAfterMs }: { scanId: string; retryAfterMs: number }) {
    super(`${scanId} is asking the same question`)
    this.retryAfterMs = retryAfterMs
  }
}

const DEFAULT_WAIT_MS = 5_000
/** After a 429 that names no wait, by an account that may be called: such a refusal may be luck. */
const UNNAMED_WAIT_MS = 1_000
const SPREAD_MS = 2_000
/** Two starts are four paid calls, repairs included; a model that fails them all will not learn. */
const INVALID_ATTEMPTS = 2

/** Records why a start did not succeed and says what the queue does next. Throws when it cannot record. */
export async function settleFailure(
  deps: InferenceDeps,
  work: Work,
  error: unknown,
  signal: AbortSignal,
): Promise<Disposition> {
  if (signal.aborted && isAbortName(signal.reason) && !(error instanceof ItemError)) {
    return settleAbort(deps, work, signal.reason)
  }
  if (error instanceof InBatch) return settleInBatch(deps, work, error)
  if (isNotNow(error)) {
    return settleNotNow(deps, work, error)
  }
  const isItemError = error instanceof ItemError
  // What the batch answered is used up: whatever comes next is another question.
  if (isItemError) await endBatchAnswer(deps, work)
  return settleItemError(deps, work, isItemError ? error : ownFault(deps, work, error))
}

type NotNow = BusyElsewhere | MaxWaitError | HeldBack

function isNotNow(error: unknown): error is NotNow {
  return (
    error instanceof BusyElsewhere || error instanceof MaxWaitError || error instanceof HeldBack
  )
}

async function settleItemError(
  deps: InferenceDeps,
  work: Work,
  error: ItemError,
): Promise<Disposition> {
  switch (error.policy) {
    case 'retry':
      return settleRetry(deps, work, error)
    case 'wait':
      return settleWait(deps, work, error, await waitFor(deps, work, error))
    case 'fail':
      return settleFinal(deps, work, error)
    case 'pause-scan':
      return settlePause(deps, work, error)
  }
}

async function settleAbort(deps: InferenceDeps, work: Work, name: AbortName): Promise<Disposition> {
  noteNext(work, ABORTS[name], 'released')
  await recordReturn(deps, work, ABORTS[name])
  switch (name) {
    case 'stopping':
      return { next: 'requeue' }
    case 'canceled':
    case 'paused':
      return { next: 'remove' }
    case 'lock-lost':
      return { next: 'abandon' }
    case 'lease-lost':
      return { next: 'delay', delayMs: leaseWaitMs(0, 0) }
  }
}

/** Back to queued, and no attempt is used. A start without a call or a batch answer leaves no trace among the attempts. */
async function recordReturn(deps: InferenceDeps, work: Work, because: string): Promise<void> {
  const type = work.calls > 0 || hasSpent(work) ? 'released' : 'deferred'
  await record(deps, work, { type, because, ...attemptFacts(work) })
}

/** The next call has to wait: another worker is asking, or the provider accepts no call for longer than a slot may wait. */
async function settleNotNow(deps: InferenceDeps, work: Work, error: NotNow): Promise<Disposition> {
  noteNext(work, error.message, 'back to the queue, no attempt used')
  await recordReturn(deps, work, error.message)
  if (error instanceof BusyElsewhere) {
    return { next: 'delay', delayMs: leaseWaitMs(0, error.retryAfterMs) }
  }
  if (error instanceof HeldBack) return { next: 'delay', delayMs: spread(error.retryAfterMs) }
  // Without anything spent, the fallback model was asked in this start.
  return hasSpent(work)
    ? pauseUnlessFallback(deps, work, error.waitMs)
    : pauseRoute(deps, work, error.waitMs)
}

/** A fallback model that can be called now answers in the next start. */
async function pauseUnlessFallback(
  deps: InferenceDeps,
  work: Work,
  waitMs: number,
): Promise<Disposition> {
  const fallback = await withTimeout(deps.gate.standIn(work.claim.scan), STORE_MS, 'the limits')
  return fallback ? { next: 'requeue' } : pauseRoute(deps, work, waitMs)
}

/** The job waits in its queue, which is paused for as long as no call may be made. */
async function pauseRoute(
  { gate }: InferenceDeps,
  { claim }: Work,
  waitMs: number,
): Promise<Disposition> {
  const planning = gate.planPause(claim.scan, spread(waitMs))
  return { next: 'pause-route', pause: await withTimeout(planning, STORE_MS, 'the limits') }
}

/** No attempt is used, and the slot is free for the hours that a batch may take. */
async function settleInBatch(
  deps: InferenceDeps,
  work: Work,
  error: InBatch,
): Promise<Disposition> {
  noteNext(
    work,
    error.message,
    `again in ${secondsOf(error.retryAfterMs)} at most, no attempt used`,
  )
  await record(deps, work, { type: 'released', because: error.message, ...attemptFacts(work) })
  return { next: 'delay', delayMs: error.retryAfterMs }
}

async function settleRetry(
  deps: InferenceDeps,
  work: Work,
  error: ItemError,
): Promise<Disposition> {
  const isOverload = error.reason === 'provider_error' || error.reason === 'timeout'
  const blockedMs = (isOverload && (await blockedFor(deps, work))) || 0
  // The provider is down for everybody, which is no fault of this type.
  if (blockedMs > 0) return settleWait(deps, work, error, blockedMs)
  const { attempt, scan, entry, epoch } = work.claim
  const granted = error.reason === 'invalid_output' ? INVALID_ATTEMPTS : MAX_ITEM_ATTEMPTS
  if (attempt >= granted) return settleFinal(deps, work, error)
  const asking = deps.retries.mayRetry(scan.id, entry.resource, epoch)
  const affordable = await withTimeout(asking, STORE_MS, 'the retry budget')
  // Out of budget it is tried again all the same, but at the slowest pace.
  const delayMs = error.retryAfterMs ?? (affordable ? jobBackoffMs(attempt) : LONGEST_BACKOFF_MS)
  const problem = error.toProblem()
  noteNext(work, `${problem.reason}: ${problem.title}`, `next attempt in ${secondsOf(delayMs)}`)
  await record(deps, work, {
    type: 'retrying',
    problem,
    delayMs,
    free: false,
    ...attemptFacts(work),
  })
  return { next: 'retry', delayMs, reason: error.reason, title: problem.title }
}

/** Until the scan's provider may be called again, at any of its accounts; undefined when Redis cannot say. */
async function blockedFor(
  { gate, log }: InferenceDeps,
  { claim }: Work,
): Promise<number | undefined> {
  return withTimeout(gate.blockedMs(claim.scan), STORE_MS, 'the limits').catch((error: unknown) => {
    log.warn({ err: error }, 'nobody knows whether the provider is blocked')
    return undefined
  })
}

/** As long as was asked; who was turned away at one account goes on as soon as another lets calls in. */
async function waitFor(deps: InferenceDeps, work: Work, error: ItemError): Promise<number> {
  const { reason, retryAfterMs: askedMs } = error
  if (reason !== 'rate_limited') return askedMs ?? DEFAULT_WAIT_MS
  const blockedMs = await blockedFor(deps, work)
  if (!askedMs) return blockedMs === undefined ? DEFAULT_WAIT_MS : blockedMs || UNNAMED_WAIT_MS
  return Math.min(askedMs, blockedMs ?? askedMs)
}

async function settleWait(
  deps: InferenceDeps,
  work: Work,
  error: ItemError,
  askedMs: number,
): Promise<Disposition> {
  if (askedMs > LONGEST_WAIT_MS) return settleLongWait(deps, work, error, askedMs)
  const delayMs = spread(askedMs)
  const problem = error.toProblem()
  noteNext(
    work,
    `${problem.reason}: ${problem.title}`,
    `again in ${secondsOf(delayMs)}, no attempt used`,
  )
  await record(deps, work, {
    type: 'retrying',
    problem,
    delayMs,
    free: true,
    ...attemptFacts(work),
  })
  return { next: 'delay', delayMs }
}

/** The jobs of the route stay in their queue, so that an early end of the pause reaches all of them. */
async function settleLongWait(
  deps: InferenceDeps,
  work: Work,
  error: ItemError,
  waitMs: number,
): Promise<Disposition> {
  const { title } = error.toProblem()
  noteNext(work, title, 'back to the queue, no attempt used')
  await record(deps, work, { type: 'released', because: title, ...attemptFacts(work) })
  return pauseUnlessFallback(deps, work, waitMs)
}

/** Never earlier than asked, and not all of them at the same instant. */
function spread(askedMs: number): number {
  return askedMs + Math.round(Math.random() * Math.min(SPREAD_MS, askedMs / 4))
}

async function settleFinal(
  deps: InferenceDeps,
  work: Work,
  error: ItemError,
): Promise<Disposition> {
  const problem = error.toProblem()
  const recorded = await record(deps, work, { type: 'failed', problem, ...attemptFacts(work) })
  if (!recorded) return readEnded(deps, work)
  deps.metrics.resources.inc({ outcome: 'failed', reason: error.reason })
  await addNextJob(deps, work)
  return { next: 'fail', reason: failureText(problem) }
}

/** It would fail for every type of the scan. The item goes back to queued; resume gives it a job again. */
async function settlePause(
  deps: InferenceDeps,
  work: Work,
  error: ItemError,
): Promise<Disposition> {
  const { scan } = work.claim
  await withTimeout(pauseFor(deps.journal, scan.id, error), STORE_MS, 'the journal')
  // Lost, calls that wait for admission are made in vain.
  await withTimeout(deps.signalPause(scan.id), STORE_MS, 'the signals').catch(() => undefined)
  await record(deps, work, { type: 'released', because: error.reason, ...attemptFacts(work) })
  return { next: 'remove' }
}

/** For people who look at the job: why this start ended without an answer, and what comes next. */
function noteNext({ log }: Work, why: string, next: string): void {
  log.end()
  log.note(`${why}; ${next}`)
}

function secondsOf(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

/** Whether it counted: a newer start may own the item by now, or the scan may have ended it. */
async function record(deps: InferenceDeps, work: Work, outcome: AttemptOutcome): Promise<boolean> {
  const { scan, entry, epoch } = work.claim
  const recording = deps.journal.record(scan.id, entry.resource, epoch, outcome)
  const recorded = await withTimeout(recording, STORE_MS, 'the journal')
  deps.metrics.attempts.inc({ outcome: recorded === 'recorded' ? outcome.type : recorded })
  return recorded === 'recorded'
}
