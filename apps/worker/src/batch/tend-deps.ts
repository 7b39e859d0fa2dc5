import type { Redis } from 'ioredis'
import type { Catalog } from '@capstan/catalog/catalog'
import type { BatchStore } from '@capstan/scan-store/batches/batch-book'
import type { DialectMemory } from '@capstan/limits/dialects/dialect-memory'
import type { DefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { Log } from '@capstan/shared/log'
import type { ResultCache } from '@capstan/scan-store/results/result-cache'
import type { RedisKeys } from '@capstan/redis/keys'
import type { RouteQueues } from '@capstan/scan-store/queue/route-queues'
import type { Price } from '@capstan/shared/prices/price'
import type { Account } from '../gate/account.ts'
import type { DayGuard } from '../gate/day-guard.ts'
import type { LeaseKeeper } from '../lease-keeper.ts'
import type { WorkerMetrics } from '../worker-metrics.ts'

/** All that looking after batches needs. */
export interface TendDeps {
  redis: Redis
  keys: RedisKeys
  book: BatchStore
  journal: Pick<
    Journal,
    | 'scan'
    | 'pause'
    | 'pending'
    | 'jobInputs'
    | 'announceRoute'
    | 'recordUnclaimed'
    | 'spendInBatch'
  >
  leases: Pick<LeaseKeeper, 'take'>
  results: Pick<ResultCache, 'find' | 'put'>
  catalog: Pick<Catalog, 'put'>
  definitions: Pick<DefinitionStore, 'get' | 'outlines'>
  queues: Pick<RouteQueues, 'get'>
  accounts: Account[]
  dialects: Pick<DialectMemory, 'list'>
  day: DayGuard
  /** Own prices, before the list prices. */
  prices: Readonly<Record<string, Price>> | undefined
  metrics: Pick<
    WorkerMetrics,
    'attempts' | 'resources' | 'timeType' | 'cacheHits' | 'countCall' | 'countTokens'
  >
  log: Log
  workerId: string
  times: {
    pollMs: number
    /** How long a question waits for others. */
    gatherMs: number
    /** Longest one call to the provider may take. */
    callTimeoutMs: number
  }
  maxRequests: number
}

/** Outlives the longest step, so that nobody takes over a batch that is just being handed over. */
export function lockMs({ times }: Pick<TendDeps, 'times'>): number {
  return times.callTimeoutMs + LOCK_MARGIN_MS
}

const LOCK_MARGIN_MS = 5_000
