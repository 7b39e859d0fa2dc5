import { sleep } from '@capstan/shared/async/sleep'
import { addUsage } from '@capstan/shared/inference/add-usage'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { WorkerMetrics } from '../metrics/worker-metrics.ts'
import { STORE_MS } from '../accounts/time-limits.ts'
import { recordBatchAnswer, type BatchAnswers } from './answers/batch-answers.ts'
import { addSpent, ModelCallError } from './model-call-error.ts'
import { createLedger, NOTHING_SPENT, takeBatchAnswers, sumUsage, type Ledger } from './ledger.ts'
import type { ItemRequest, ItemStage, ModelCall, StoredAnswer, ValidResult } from './model-call.ts'
import type { AcquiredLease, LeaseHolder } from './answers/lease-holder.ts'

/** A paid answer is worth a longer wait for Redis: if lost, it would be paid again. */
const KEEP_ANSWER_MS = 120_000
const PUT_AGAIN_MS = 250

/** Another attempt has the lease of the same answer, and pays for it. */
export class AnswerLeasedError extends Error {
  override readonly name = 'AnswerLeasedError'
  readonly retryAfterMs: number

  constructor({ scanId, retryAfterMs }: { scanId: string; retryAfterMs: number }) {
    super(`${scanId} is asking the same question`)
    this.retryAfterMs = retryAfterMs
  }
}

export interface ResultCacheDeps {
  leases: Pick<LeaseHolder, 'acquire'>
  batchAnswers: BatchAnswers
  metrics: Pick<WorkerMetrics, 'cacheHits' | 'countCall' | 'countTokens'>
  /** Version of the prompt whose answers are stored. */
  promptVersion: string
}

/**
 * Returns the stored answer, or buys one while it holds the lease of the content key, so that two attempts never pay for the
 * same answer. A paid answer is stored before anything else can fail. Throws AnswerLeasedError.
 */
export function withResultCache(deps: ResultCacheDeps): ItemStage<ValidResult, StoredAnswer> {
  return (next) => async (request) => {
    const acquiring = acquireLease(deps, request)
    try {
      const acquired = await withTimeout(acquiring, STORE_MS, 'Redis')
      const { lease } = acquired
      if (lease.outcome === 'held') throw new AnswerLeasedError(lease)
      return lease.outcome === 'stored'
        ? await takeStored(deps, request, lease.result)
        : await buy(deps, next, { ...request, unfinished: lease.unfinished }, acquired)
    } catch (error) {
      // Also a lease that is granted after this attempt has given up on Redis.
      void acquiring.then(({ release }) => release()).catch(() => undefined)
      throw error
    }
  }
}

function acquireLease(
  { leases }: ResultCacheDeps,
  { route, item: { claim }, progress }: ItemRequest,
): Promise<AcquiredLease> {
  const { scan } = claim
  return leases.acquire({
    contentKey: route.contentKey,
    scanId: scan.id,
    onlyOf: scan.mode === 'full' ? scan.id : undefined,
    onLost: () => progress.loseLease(),
  })
}

/** A stored answer of a batch of this scan counts for this attempt: its poller cannot record it while the attempt runs. */
async function takeStored(
  deps: ResultCacheDeps,
  request: ItemRequest,
  result: StoredResult,
): Promise<StoredAnswer> {
  const stored = { result, answeredBy: request.route }
  const answer = await markAnswerKept(deps.batchAnswers.read(request))
  if (answer?.outcome !== 'answered') {
    // The question may wait for a batch. Full scans may ask it.
    await markAnswerKept(deps.batchAnswers.release(request.item))
    deps.metrics.cacheHits.inc({ kind: 'result' })
    return { ...stored, isCached: true, spent: NOTHING_SPENT }
  }
  const spent = takeBatchAnswers(createLedger(recordBatchAnswer(deps.metrics, request, answer)))
  await markAnswerKept(deps.batchAnswers.release(request.item), spent)
  return { ...stored, isCached: false, spent }
}

/** After a failure of this step the answer is stored all the same. */
async function markAnswerKept<T>(step: Promise<T>, spent: Ledger = NOTHING_SPENT): Promise<T> {
  try {
    return await step
  } catch (error) {
    throw new ModelCallError(error, { ...spent, kept: 'answer' })
  }
}

async function buy(
  { batchAnswers, promptVersion }: ResultCacheDeps,
  next: ModelCall<ItemRequest, ValidResult>,
  request: ItemRequest,
  { put }: AcquiredLease,
): Promise<StoredAnswer> {
  const { route, item, signal, unfinished } = request
  const before: Ledger = unfinished ? { ...NOTHING_SPENT, kept: 'unfinished' } : NOTHING_SPENT
  const valid = await next(request).catch((error: unknown) => {
    throw addSpent(error, before)
  })
  const result = toStoredResult(request, valid, promptVersion)
  try {
    await putUntilStored(put, result, signal)
  } catch (error) {
    throw new ModelCallError(error, valid.spent)
  }
  const spent = takeBatchAnswers(valid.spent)
  await markAnswerKept(batchAnswers.release(item), spent)
  return { result, answeredBy: route, isCached: false, spent }
}

function toStoredResult(
  { route, unfinished, item: { claim, worker, startedAtMs } }: ItemRequest,
  { value, answer, spent, sharedWith }: ValidResult,
  promptVersion: string,
): StoredResult {
  return {
    answer: value,
    usage: addUsage(unfinished?.usage ?? NO_USAGE, sumUsage(spent)),
    model: route.model,
    promptVersion,
    sharedWith,
    requestId: answer.requestId,
    scanId: claim.scan.id,
    worker,
    attempt: claim.attempt,
    inferredAt: new Date().toISOString(),
    durationMs: Math.max(0, Date.now() - startedAtMs),
  }
}

/** A full or restarting Redis refuses writes for a while. The wait holds the slot, because nothing else could go on. */
async function putUntilStored(
  put: AcquiredLease['put'],
  result: StoredResult,
  signal: AbortSignal,
): Promise<void> {
  const endsAt = performance.now() + KEEP_ANSWER_MS
  for (;;) {
    try {
      await withTimeout(put(result), STORE_MS, 'the result cache')
      return
    } catch (error) {
      // After a lost lock or a cancel the answer is still worth storing. Only a stop cannot wait.
      const isStopping = signal.aborted && signal.reason === 'stopping'
      if (isStopping || performance.now() > endsAt) throw error
      await sleep(PUT_AGAIN_MS)
    }
  }
}
