import type { Catalog } from '@capstan/catalog/catalog'
import type { DefinitionStore } from '@capstan/shared/definitions/definition-store'
import type { Journal } from '@capstan/shared/journal/types'
import type { RetryBudget } from '@capstan/shared/limits/retry-budget'
import type { Log } from '@capstan/shared/log'
import type { ResultCache } from '@capstan/shared/results/result-cache'
import type { ModelGate } from './gate/model-gate.ts'
import type { WorkerMetrics } from './worker-metrics.ts'

/** All that analysing one type needs. */
export interface InferenceDeps {
  journal: Pick<Journal, 'claim' | 'record' | 'pause'>
  results: Pick<ResultCache, 'lease' | 'put' | 'release'>
  definitions: Pick<DefinitionStore, 'get'>
  gate: ModelGate
  retries: RetryBudget
  catalog: Pick<Catalog, 'put'>
  metrics: WorkerMetrics
  log: Log
  workerId: string
  /** Longest one model call may take; a question may need two. */
  callTimeoutMs: number
}
