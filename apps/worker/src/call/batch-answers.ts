import type { BatchStore, StoredBatchAnswer } from '@capstan/scan-store/batches/batch-store'
import { usesBatches } from '@capstan/scan-store/batches/uses-batches'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { WorkerMetrics } from '../probe/worker-metrics.ts'
import { STORE_MS } from '../time-limits.ts'
import type { CallItem, ItemRequest } from './model-call.ts'
import type { LedgerEntry } from './ledger.ts'

/** Answers that a provider's batch API has given about items of scans. */
export interface BatchAnswers {
  /** Undefined: no batch has answered about the item, or its requests are no business of batches. */
  read(request: ItemRequest): Promise<StoredBatchAnswer | undefined>
  /** The answer is used up or stored elsewhere. Other scans may now ask the same by batch. */
  release(item: Pick<CallItem, 'claim'>): Promise<void>
}

export interface BatchAnswersDeps {
  batchStore: Pick<BatchStore, 'readAnswer' | 'releaseQuestion'>
  metrics: Pick<WorkerMetrics, 'countCall' | 'countTokens'>
}

/** A fallback model is called: the batches of a scan are for its own model. */
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

/** The ledger entry of what a batch did for an item. */
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
