import type { Catalog } from '@capstan/catalog/catalog'
import type { Provider } from '@capstan/shared/contract/scan'
import type { DefinitionStore } from '@capstan/shared/definitions/definition-store'
import type { Model } from '@capstan/shared/inference/types'
import type { Journal } from '@capstan/shared/journal/types'
import type { Log } from '@capstan/shared/log'
import type { ResultCache } from '@capstan/shared/results/result-cache'
import type { WorkerMetrics } from './worker-metrics.ts'

/** All that analysing one type needs. */
export interface InferenceDeps {
  journal: Pick<Journal, 'claim' | 'record' | 'pause'>
  results: Pick<ResultCache, 'lease' | 'put' | 'release'>
  definitions: Pick<DefinitionStore, 'get'>
  models: { get(provider: Provider, model: string): Model | undefined }
  catalog: Pick<Catalog, 'put'>
  metrics: WorkerMetrics
  log: Log
  workerId: string
  /** Longest one model call may take; a question may need two. */
  callTimeoutMs: number
}
