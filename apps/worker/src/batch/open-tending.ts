import type { Redis } from 'ioredis'
import { openBatchStore } from '@capstan/scan-store/batches/batch-book'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import { openDefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import type { WorkerConfig } from '../config.ts'
import type { TendDeps } from './tend-deps.ts'

interface TendSetting extends Pick<
  TendDeps,
  'keys' | 'queues' | 'accounts' | 'log' | 'day' | 'metrics' | 'catalog' | 'leases'
> {
  config: WorkerConfig
  stores: Redis
  self: { id: string }
}

/** All that looking after batches needs, out of what the parts of a worker share. */
export function openTending(setting: TendSetting): TendDeps {
  const { config, stores, keys, queues, accounts, log, day, metrics, catalog, leases, self } =
    setting
  return {
    redis: stores,
    keys,
    book: openBatchStore(stores, keys),
    journal: openJournal(stores, keys),
    results: openResultCache(stores, keys),
    definitions: openDefinitionStore(stores, keys),
    queues,
    accounts,
    dialects: openDialectMemory(stores, keys),
    log,
    day,
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
