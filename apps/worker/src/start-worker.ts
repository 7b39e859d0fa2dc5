import type { Redis } from 'ioredis'
import { warmUpModelClient } from '@capstan/llm/warm-up-model-client'
import type { ServedProvider } from '@capstan/shared/contract/worker-status'
import { openDailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import type { Log } from '@capstan/shared/log'
import { openRouteQueues } from '@capstan/scan-store/queue/route-queues'
import { awaitRedisServer } from '@capstan/redis/await-server'
import { preloadLuaScripts } from '@capstan/redis/lua-script'
import { watchRedisHealth, type RedisHealth } from '@capstan/redis/redis-health'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { announceWorker } from '@capstan/scan-store/workers/worker-registry'
import type { Account } from './accounts/account.ts'
import { openPollerDeps } from './batch/open-poller-deps.ts'
import { startBatchPoller } from './batch/batch-poller.ts'
import {
  openDailyBudgetGuard,
  type DailyBudgetGuard,
} from './call/daily-budget/daily-budget-guard.ts'
import { readDailyLimits } from './call/daily-budget/daily-budget-settings.ts'
import { openDialects } from './call/dialects/open-dialects.ts'
import { openLeaseHolder } from './call/answers/lease-holder.ts'
import type { WorkerConfig } from './config.ts'
import type { ConfiguredProvider } from './accounts/account-settings.ts'
import { followWorkerSignals } from './consume/follow-worker-signals.ts'
import { startConsuming, type Consumption } from './consume/start-consuming.ts'
import { openAnalysis } from './open-analysis.ts'
import { openContext, type Connect } from './open-context.ts'
import { startProbe, type Readiness } from './probe.ts'
import { createWorkerMetrics, type WorkerMetrics } from './metrics/worker-metrics.ts'
import { CHECK_WAIT_MS, checkProvider } from './provider-check/check-provider.ts'
import type { WorkerContext } from './worker-context.ts'

export interface RunningWorker {
  /** The URL of the probe. */
  url: string
  /** The served providers, as far as their endpoints have listed their models. */
  providers(): ServedProvider[]
  /** Calls `listener` at each change of `providers`. */
  followProviders(listener: (providers: ServedProvider[]) => void): void
  /** Returns running jobs to the queue and closes everything. Waits while Redis is unreachable. */
  stop(): Promise<void>
}

/**
 * Starts a worker and returns once it consumes. Waits for an unreachable Redis. Throws AppError when Redis rejects the login or
 * is not suitable.
 */
export async function startWorker(
  config: WorkerConfig,
  providers: ConfiguredProvider[],
  log: Log,
): Promise<RunningWorker> {
  await using stack = new AsyncDisposableStack()
  const { context, connect, endpoints } = await openContext(stack, config, providers, log)
  const { redis, keys, accounts } = context
  await awaitRedisServer(redis, keys)
  // The other connections never give up, and a health check must.
  const health = watchRedisHealth({ redis: connect('command'), keys, log })
  stack.defer(() => health.stop())
  warnOfUnusedSharing(config, accounts, log)
  const warmedUp = warmUp(redis, accounts)
  const { consumers, isAlive, metrics } = await startParts(stack, context, connect)
  const status = { ...context.self, draining: false }
  // An announcement without models would make the API reject scans that this worker can serve.
  await endpoints.firstLook
  const announcement = await announceWorker(redis, keys, () => ({
    ...status,
    ...endpoints.describe(),
    active: consumers.active(),
  }))
  stack.defer(() => announcement.stop())
  // The next heartbeat replaces one that fails.
  endpoints.follow(() => void announcement.beat().catch(() => undefined))
  await Promise.all([consumers.ready(), warmedUp])
  const probe = await startProbe(
    {
      isAlive,
      readiness: () => readReadiness(status, health),
      metrics: () => metrics.registry.metrics(),
    },
    { host: config.HOST, port: config.PORT },
  )
  stack.defer(() => probe.close())
  const running = stack.move()
  return {
    url: probe.url,
    providers: () => endpoints.describe().providers,
    followProviders: (listener) => endpoints.follow(() => listener(endpoints.describe().providers)),
    stop: async () => {
      status.draining = true
      await running.disposeAsync()
    },
  }
}

/** Budgets and limits around the call of a check, and its reply. */
const CHECK_MARGIN_MS = 10_000

/** Starts the consumers of routes, the batch poller and the signals. */
async function startParts(
  stack: AsyncDisposableStack,
  context: WorkerContext,
  connect: Connect,
): Promise<Consumption & { metrics: WorkerMetrics }> {
  const { redis, stores, keys, self, config, log } = context
  const queues = stack.adopt(openRouteQueues(redis, keys), (open) => open.close())
  const metrics = createWorkerMetrics({
    version: self.version,
    concurrency: self.concurrency,
    active: () => consumers.active(),
  })
  const dailyBudget = openGuard(context, metrics)
  const dialects = openDialects({ ...context, memory: openDialectMemory(stores, keys) })
  const leases = openLeaseHolder({ results: openResultCache(stores, keys), log, workerId: self.id })
  stack.defer(() => leases.stop())
  const analysis = openAnalysis(context, { metrics, dailyBudget, queues, dialects, leases })
  const { catalog, callProvider } = analysis
  const { consumers, isAlive } = startConsuming(context, analysis, queues)
  stack.defer(() => consumers.stop())
  const batching = { ...context, queues, dailyBudget, metrics, catalog, leases }
  const poller = startBatchPoller(openPollerDeps(batching))
  stack.defer(() => poller.stop())
  const maxBreakerWaitMs = config.CAPSTAN_FALLBACK ? config.CAPSTAN_FALLBACK_AFTER_MS : undefined
  const signals = await followWorkerSignals(connect('subscriber'), {
    ...context,
    consumers,
    dialects,
    check: (provider, signal) =>
      checkProvider({ callProvider, maxBreakerWaitMs }, provider, signal),
    checkMs: CHECK_WAIT_MS + config.CAPSTAN_CALL_TIMEOUT_MS + CHECK_MARGIN_MS,
  })
  stack.defer(() => signals.stop())
  return { consumers, isAlive, metrics }
}

async function readReadiness(
  { draining }: { draining: boolean },
  health: RedisHealth,
): Promise<Readiness> {
  const { fault, warnings } = await health.look(0)
  return {
    waitsFor: [...(draining ? ['draining'] : []), ...(fault ? ['redis'] : [])],
    notReady: [
      ...(draining ? ['the worker is shutting down'] : []),
      ...(fault ? [fault.detail] : []),
    ],
    degraded: warnings.map(({ text }) => text),
  }
}

/** Loads scripts and SDKs before the first types of a scan need them. */
async function warmUp(redis: Redis, accounts: Account[]): Promise<void> {
  const providers = new Set(accounts.map(({ provider }) => provider))
  await Promise.all([preloadLuaScripts(redis), ...[...providers].map(warmUpModelClient)])
}

/** Rule-based answers have no limits, so that a multi-type prompt would save nothing. */
function warnOfUnusedSharing(config: WorkerConfig, accounts: Account[], log: Log): void {
  if (config.CAPSTAN_TYPES_PER_CALL === 1 || accounts.length > 0) return
  log.warn('CAPSTAN_TYPES_PER_CALL has no effect: rule-based answers need no calls')
}

function openGuard(
  { config, stores, keys, log }: WorkerContext,
  metrics: WorkerMetrics,
): DailyBudgetGuard {
  return openDailyBudgetGuard({
    budget: openDailyBudget(stores, keys),
    limits: readDailyLimits(config),
    onRejected: () => metrics.dailyBudgetRejections.inc(),
    log,
  })
}
