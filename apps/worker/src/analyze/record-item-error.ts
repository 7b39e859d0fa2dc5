import type { ItemError } from '@capstan/shared/errors'
import { jobBackoffMs, LONGEST_BACKOFF_MS } from '@capstan/scan-store/queue/job-backoff'
import { MAX_ITEM_ATTEMPTS } from '@capstan/scan-store/queue/infer-queue'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { MAX_WAIT_MS, STORE_MS } from '../accounts/time-limits.ts'
import { findFailedAccount } from '../call/ledger.ts'
import type { AnalysisDeps } from './analysis-deps.ts'
import { describeAttempt, type EndedAttempt } from './attempt.ts'
import type { Disposition } from './disposition.ts'
import { formatProblem, readEndedDisposition } from './ended-disposition.ts'
import { pauseForError } from './pause-for-error.ts'
import { addNextJob, recordOutcome } from './record-outcome.ts'
import {
  formatSeconds,
  noteNext,
  recordReleased,
  releaseAndPause,
  addJitter,
} from './release-item.ts'

const DEFAULT_WAIT_MS = 5_000
/** After a 429 without a wait, from an account that may be called: such a rejection may be chance. */
const UNNAMED_WAIT_MS = 1_000
/** Two attempts are four paid calls with their repairs; a model that fails them all will not succeed later. */
const INVALID_ATTEMPTS = 2

/** Records an error of an item by its policy, and returns what the queue does with the job. */
export async function recordItemError(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  error: ItemError,
): Promise<Disposition> {
  switch (error.policy) {
    case 'retry':
      return recordRetry(deps, ended, error)
    case 'wait':
      return recordWait(deps, ended, error, await waitFor(deps, ended, error))
    case 'fail':
      return recordFinal(deps, ended, error)
    case 'pause-scan':
      return recordPause(deps, ended, error)
  }
}

async function recordRetry(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  error: ItemError,
): Promise<Disposition> {
  const isOverload = error.reason === 'provider_error' || error.reason === 'timeout'
  const blockedMs = (isOverload && (await readBlockedMs(deps, ended))) || 0
  // An outage of the provider is no fault of this type.
  if (blockedMs > 0) return recordWait(deps, ended, error, blockedMs)
  const { attempt, scan, entry, epoch } = ended.claim
  const maxAttempts = error.reason === 'invalid_output' ? INVALID_ATTEMPTS : MAX_ITEM_ATTEMPTS
  if (attempt >= maxAttempts) return recordFinal(deps, ended, error)
  const asking = deps.retries.mayRetry(scan.id, entry.resource, epoch)
  const affordable = await withTimeout(asking, STORE_MS, 'the retry budget')
  // Without retry budget it is retried all the same, at the longest backoff.
  const delayMs = error.retryAfterMs ?? (affordable ? jobBackoffMs(attempt) : LONGEST_BACKOFF_MS)
  const { reason, title } = error.toProblem()
  const next = `next attempt in ${formatSeconds(delayMs)}`
  await recordRetrying(deps, ended, error, { delayMs, usesNoAttempt: false, next })
  return { next: 'retry', delayMs, reason, title }
}

interface Retrying {
  delayMs: number
  /** No attempt is used up. */
  usesNoAttempt: boolean
  next: string
}

async function recordRetrying(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  error: ItemError,
  { delayMs, usesNoAttempt, next }: Retrying,
): Promise<void> {
  const problem = error.toProblem()
  noteNext(ended, `${problem.reason}: ${problem.title}`, next)
  const outcome = {
    type: 'retrying' as const,
    problem,
    delayMs,
    usesNoAttempt,
    failedAccount: findFailedAccount(ended.spent),
    ...describeAttempt(ended),
  }
  await recordOutcome(deps, ended, outcome)
}

/** Time until the scan's provider may be called at any account; undefined when Redis is unreachable. */
async function readBlockedMs(
  { routes, log }: AnalysisDeps,
  { claim }: EndedAttempt,
): Promise<number | undefined> {
  return withTimeout(routes.blockedMs(claim.scan), STORE_MS, 'the limits').catch(
    (error: unknown) => {
      log.warn({ err: error }, 'could not read whether the provider is blocked')
      return undefined
    },
  )
}

/** Returns the wait that the provider asked for, but after a rejection at one account no longer than until another account admits calls. */
async function waitFor(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  { reason, retryAfterMs }: ItemError,
): Promise<number> {
  if (reason !== 'rate_limited') return retryAfterMs ?? DEFAULT_WAIT_MS
  const blockedMs = await readBlockedMs(deps, ended)
  if (!retryAfterMs) return blockedMs === undefined ? DEFAULT_WAIT_MS : blockedMs || UNNAMED_WAIT_MS
  return Math.min(retryAfterMs, blockedMs ?? retryAfterMs)
}

async function recordWait(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  error: ItemError,
  waitMs: number,
): Promise<Disposition> {
  if (waitMs > MAX_WAIT_MS) {
    return releaseAndPause(deps, ended, error.toProblem().title, waitMs)
  }
  const delayMs = addJitter(waitMs)
  const next = `again in ${formatSeconds(delayMs)}, no attempt used`
  await recordRetrying(deps, ended, error, { delayMs, usesNoAttempt: true, next })
  return { next: 'delay', delayMs }
}

async function recordFinal(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  error: ItemError,
): Promise<Disposition> {
  const problem = error.toProblem()
  const outcome = { type: 'failed' as const, problem, ...describeAttempt(ended) }
  if (!(await recordOutcome(deps, ended, outcome))) return readEndedDisposition(deps, ended)
  deps.metrics.resources.inc({ outcome: 'failed', reason: error.reason })
  await addNextJob(deps, ended)
  return { next: 'fail', reason: formatProblem(problem) }
}

/** Pauses the scan for an error that would fail every type. The item becomes `queued`; resume adds a job for it. */
async function recordPause(
  deps: AnalysisDeps,
  ended: EndedAttempt,
  error: ItemError,
): Promise<Disposition> {
  const { scan } = ended.claim
  await withTimeout(pauseForError(deps.journal, scan.id, error), STORE_MS, 'the journal')
  // Without this signal, calls that wait for admission would still be sent.
  await withTimeout(deps.signalPause(scan.id), STORE_MS, 'the signals').catch(() => undefined)
  await recordReleased(deps, ended, error.reason)
  return { next: 'remove' }
}
