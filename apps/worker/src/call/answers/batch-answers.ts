import type { BatchStore, StoredBatchAnswer } from '@capstan/scan-store/batches/batch-store'
import { usesBatches } from '@capstan/scan-store/batches/uses-batches'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { WorkerMetrics } from '../../metrics/worker-metrics.ts'
import { STORE_MS } from '../../accounts/time-limits.ts'
import type { CallItem, ItemRequest } from '../model-call.ts'
import type { LedgerEntry } from '../ledger.ts'

/** Answers that a provider's batch API has given about items of scans. */
export interface BatchAnswers {
  /** Undefined: no batch has an answer for the item, or the request must not use batches. */
  read(request: ItemRequest): Promise<StoredBatchAnswer | undefined>
  /** Removes an answer that was used or stored elsewhere. Other scans may then put the same question into a batch. */
  release(item: Pick<CallItem, 'claim'>): Promise<void>
}

export interface BatchAnswersDeps {
  batchStore: Pick<BatchStore, 'readAnswer' | 'releaseQuestion'>
  metrics: Pick<WorkerMetrics, 'countCall' | 'countTokens'>
}

/** Returns whether a request may use batches, which a scan uses for its own model only. */
export function isBatched({ route, item: { claim } }: ItemRequest): boolean {
  const { scan } = claim
  return usesBatches(scan) && route.provider === scan.provider && route.model === scan.model
}

export function openBatchAnswers({
  batchStore,
}: Pick<BatchAnswersDeps, 'batchStore'>): BatchAnswers {
  return {
    read: async (request) => {
      if (!isBatched(request)) return undefined
      const { scan, entry } = request.item.claim
      return withTimeout(batchStore.readAnswer(scan.id, entry.resource), STORE_MS, 'the batches')
    },
    release: async ({ claim: { scan, entry } }) => {
      if (!usesBatches(scan)) return
      const releasing = batchStore.releaseQuestion(entry.contentKey, scan.id, entry.resource)
      await withTimeout(releasing, STORE_MS, 'the batches')
    },
  }
}

/** Creates the ledger entry of the batch request of an item. */
export function recordBatchAnswer(
  metrics: BatchAnswersDeps['metrics'],
  { route }: ItemRequest,
  answer: StoredBatchAnswer,
): LedgerEntry {
  const outcome = answer.outcome === 'failed' ? answer.reason : answer.outcome
  const usage = answer.outcome === 'answered' ? answer.usage : NO_USAGE
  if (answer.outcome !== 'unserved') metrics.countCall(route, outcome)
  metrics.countTokens(route, usage)
  return {
    route,
    target: null,
    kind: 'first',
    source: 'batch',
    outcome,
    usage,
    durationMs: 0,
    sentAt: 0,
  }
}
