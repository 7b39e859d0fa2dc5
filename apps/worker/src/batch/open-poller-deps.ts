import type { Redis } from 'ioredis'
import { openBatchStore } from '@capstan/scan-store/batches/batch-store'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import { openDefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import type { WorkerConfig } from '../config.ts'
import type { PollerDeps } from './poller-deps.ts'

interface TendSetting extends Pick<
  PollerDeps,
  'keys' | 'queues' | 'accounts' | 'log' | 'dailyBudget' | 'metrics' | 'catalog' | 'leases'
> {
  config: WorkerConfig
  stores: Redis
  self: { id: string }
}

/** Opens the dependencies of the batch poller. */
export function openPollerDeps(setting: TendSetting): PollerDeps {
  const {
    config,
    stores,
    keys,
    queues,
    accounts,
    log,
    dailyBudget,
    metrics,
    catalog,
    leases,
    self,
  } = setting
  return {
    redis: stores,
    keys,
    batchStore: openBatchStore(stores, keys),
    journal: openJournal(stores, keys),
    results: openResultCache(stores, keys),
    definitions: openDefinitionStore(stores, keys),
    queues,
    accounts,
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
