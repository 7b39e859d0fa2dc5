import type { Redis } from 'ioredis'
import type { Catalog } from '@capstan/catalog/catalog'
import type { BatchStore } from '@capstan/scan-store/batches/batch-store'
import type { DialectMemory } from '@capstan/limits/dialects/dialect-memory'
import type { DefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { CuratedLookup } from '@capstan/shared/inference/find-curated-result'
import type { Log } from '@capstan/shared/log'
import type { ResultCache } from '@capstan/scan-store/results/result-cache'
import type { RedisKeys } from '@capstan/redis/keys'
import type { RouteQueues } from '@capstan/scan-store/queue/route-queues'
import type { Price } from '@capstan/shared/prices/price'
import type { Account } from '../accounts/account.ts'
import type { DailyBudgetGuard } from '../call/daily-budget/daily-budget-guard.ts'
import type { LeaseHolder } from '../call/answers/lease-holder.ts'
import type { WorkerMetrics } from '../metrics/worker-metrics.ts'

/** Dependencies of the batch poller. */
export interface PollerDeps {
  redis: Redis
  keys: RedisKeys
  batchStore: BatchStore
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
  leases: Pick<LeaseHolder, 'acquire'>
  results: Pick<ResultCache, 'find' | 'put'>
  catalog: Pick<Catalog, 'put'>
  definitions: Pick<DefinitionStore, 'get' | 'outlines'>
  queues: Pick<RouteQueues, 'get'>
  accounts: Account[]
  curated: CuratedLookup
  dialects: Pick<DialectMemory, 'list'>
  dailyBudget: DailyBudgetGuard
  /** Prices of the operator, which override the list prices. */
  prices: Readonly<Record<string, Price>> | undefined
  metrics: Pick<
    WorkerMetrics,
    'attempts' | 'resources' | 'timeType' | 'cacheHits' | 'countCall' | 'countTokens'
  >
  log: Log
  workerId: string
  times: {
    pollMs: number
    /** Longest time that a question waits for others. */
    gatherMs: number
    /** Longest duration of one call to the provider. */
    callTimeoutMs: number
  }
  maxRequests: number
}

/** The lock outlives the longest step, so that no other process takes over a batch during its submission. */
export function computeLockMs({ times }: Pick<PollerDeps, 'times'>): number {
  return times.callTimeoutMs + LOCK_MARGIN_MS
}

const LOCK_MARGIN_MS = 5_000
