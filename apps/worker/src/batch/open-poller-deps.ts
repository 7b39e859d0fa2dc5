import type { Redis } from 'ioredis'
import { openBatchStore } from '@capstan/scan-store/batches/batch-store'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import { openDefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import type { PollerDeps } from './poller-deps.ts'

interface BatchConfig {
  CAPSTAN_PRICES?: PollerDeps['prices']
  CAPSTAN_BATCH_POLL_MS: number
  CAPSTAN_BATCH_MAX_WAIT_MS: number
  CAPSTAN_BATCH_MAX_REQUESTS: number
  CAPSTAN_CALL_TIMEOUT_MS: number
}

interface PollerSources extends Pick<
  PollerDeps,
  | 'keys'
  | 'queues'
  | 'accounts'
  | 'curated'
  | 'log'
  | 'dailyBudget'
  | 'metrics'
  | 'catalog'
  | 'leases'
> {
  config: BatchConfig
  stores: Redis
  self: { id: string }
}

/** Opens the dependencies of the batch poller. */
export function openPollerDeps(sources: PollerSources): PollerDeps {
  const {
    config,
    stores,
    keys,
    queues,
    accounts,
    curated,
    log,
    dailyBudget,
    metrics,
    catalog,
    leases,
    self,
  } = sources
  return {
    redis: stores,
    keys,
    batchStore: openBatchStore(stores, keys),
    journal: openJournal(stores, keys),
    results: openResultCache(stores, keys),
    definitions: openDefinitionStore(stores, keys),
    queues,
    accounts,
    curated,
    dialects: openDialectMemory(stores, keys),
    log,
    dailyBudget,
    metrics,
    catalog,
    leases,
    prices: config.CAPSTAN_PRICES,
    workerId: self.id,
    times: {
      pollMs: config.CAPSTAN_BATCH_POLL_MS,
      gatherMs: config.CAPSTAN_BATCH_MAX_WAIT_MS,
      callTimeoutMs: config.CAPSTAN_CALL_TIMEOUT_MS,
    },
    maxRequests: config.CAPSTAN_BATCH_MAX_REQUESTS,
  }
}
