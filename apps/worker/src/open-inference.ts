import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { openBatchStore } from '@capstan/scan-store/batches/batch-book'
import { openDefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { openRetryBudget } from '@capstan/limits/budgets/retry-budget'
import { ensureJobs } from '@capstan/scan-store/queue/ensure-jobs'
import type { RouteQueues } from '@capstan/scan-store/queue/route-queues'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { publishSignal } from '@capstan/redis/signals/signal'
import { batchCatalog } from './catalog-batch.ts'
import type { Dialects } from './call/open-dialects.ts'
import { countedCall } from './counted-call.ts'
import type { DayGuard } from './gate/day-guard.ts'
import { fallbackOf } from './gate/fallback-settings.ts'
import { openGate } from './gate/open-gate.ts'
import type { InferenceDeps } from './inference-deps.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import { openPacks, type Packs } from './pack/open-packs.ts'
import type { WorkerMetrics } from './worker-metrics.ts'
import type { WorkerSetting } from './worker-setting.ts'

interface InferenceParts {
  metrics: WorkerMetrics
  day: DayGuard
  queues: RouteQueues
  dialects: Dialects
  leases: LeaseKeeper
}

/** All that analysing a type needs, out of what the parts of a worker share. */
export function openInference(
  { config, stores, keys, log, accounts, self }: WorkerSetting,
  { metrics, day, queues, dialects, leases }: InferenceParts,
): InferenceDeps {
  const callTimeoutMs = config.CAPSTAN_CALL_TIMEOUT_MS
  const fallback = fallbackOf(config)
  const hedge = config.CAPSTAN_HEDGE
  const gate = openGate({
    redis: stores,
    keys,
    accounts,
    metrics,
    log,
    callTimeoutMs,
    fallback,
    hedge,
    dialects,
    day,
    workerId: self.id,
    prices: config.CAPSTAN_PRICES,
  })
  const journal = openJournal(stores, keys)
  return {
    journal,
    addNext: (scanId) =>
      ensureJobs({ redis: stores, keys, queues, journal }, scanId, { isRefill: true }),
    signalPause: (scanId) => publishSignal(stores, keys, { type: 'pause', scanId }),
    leases,
    results: openResultCache(stores, keys),
    definitions: openDefinitionStore(stores, keys),
    catalog: batchCatalog(openRedisCatalog(stores, keys)),
    gate,
    packs: packsOf({ gate, metrics }, config.CAPSTAN_PACK),
    retries: openRetryBudget(stores, keys),
    batches: {
      book: openBatchStore(stores, keys),
      lookAgainMs: LOOKS_TO_REST * config.CAPSTAN_BATCH_POLL_MS,
      elsewhereMs: LOOKS_ELSEWHERE * config.CAPSTAN_BATCH_POLL_MS,
    },
    metrics,
    log,
    workerId: self.id,
    callTimeoutMs,
  }
}

function packsOf(deps: Pick<InferenceDeps, 'gate' | 'metrics'>, most: number): Packs | undefined {
  return most > 1 ? openPacks((...call) => countedCall(deps, ...call), most) : undefined
}

/** The batch poller wakes the jobs that wait for batches; should it fail to, they look for themselves after so many polls. */
const LOOKS_TO_REST = 30
const LOOKS_ELSEWHERE = 10
