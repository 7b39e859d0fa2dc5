import type { Catalog } from '@capstan/catalog/catalog'
import type { BatchStore } from '@capstan/scan-store/batches/batch-book'
import type { DefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { RetryBudget } from '@capstan/limits/budgets/retry-budget'
import type { Log } from '@capstan/shared/log'
import type { ResultCache } from '@capstan/scan-store/results/result-cache'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { ModelGate } from './gate/model-gate.ts'
import type { Packs } from './pack/open-packs.ts'
import type { WorkerMetrics } from './worker-metrics.ts'

/** All that analysing one type needs. */
export interface InferenceDeps {
  journal: Pick<Journal, 'claim' | 'reserve' | 'record' | 'pause' | 'item'>
  /** Gives the next waiting items of a scan with a concurrency their jobs. */
  addNext: (scanId: string) => Promise<unknown>
  /** Lets all workers give back what waits of a scan that was paused. */
  signalPause: (scanId: string) => Promise<void>
  leases: Pick<LeaseKeeper, 'take'>
  results: Pick<ResultCache, 'keepUnfinished' | 'dropUnfinished'>
  definitions: Pick<DefinitionStore, 'get'>
  gate: ModelGate
  /** Calls about several types; undefined: each type has its own. */
  packs?: Packs | undefined
  batches: {
    book: Pick<BatchStore, 'claimQuestion' | 'releaseQuestion' | 'addQuestion' | 'readAnswer'>
    /** How long the job of a type rests whose question is in a batch; it is woken when that has ended. */
    lookAgainMs: number
    /** The same when another type asks the same question: nobody wakes it. */
    elsewhereMs: number
  }
  retries: RetryBudget
  catalog: Pick<Catalog, 'put'>
  metrics: WorkerMetrics
  log: Log
  workerId: string
  /** Longest one model call may take. */
  callTimeoutMs: number
}
