import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Redis } from 'ioredis'
import { warmUpModelClient } from '@capstan/llm/warm-up-model-client'
import { openDailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import type { Log } from '@capstan/shared/log'
import { openRouteQueues } from '@capstan/scan-store/queue/route-queues'
import { awaitRedisServer } from '@capstan/redis/await-server'
import { connectRedis, type ConnectionKind } from '@capstan/redis/connect'
import { preloadLuaScripts } from '@capstan/redis/lua-script'
import { createRedisKeys } from '@capstan/redis/keys'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { watchRedisHealth, type RedisHealth } from '@capstan/redis/redis-health'
import type { ServedProvider } from '@capstan/shared/contract/worker-status'
import { announceWorker } from '@capstan/scan-store/workers/worker-registry'
import packageJson from '../package.json' with { type: 'json' }
import { openTending } from './batch/open-tending.ts'
import { tendBatches } from './batch/tend-batches.ts'
import { openDialects } from './call/open-dialects.ts'
import { openEndpoints, type Endpoints } from './accounts/open-endpoints.ts'
import type { ConfiguredProvider, WorkerConfig } from './config.ts'
import { followWorkerSignals } from './consume/follow-worker-signals.ts'
import { accountSettings } from './gate/account-settings.ts'
import type { Account } from './gate/account.ts'
import { CHECK_WAIT_MS } from './gate/check-account.ts'
import { openDayGuard, type DayGuard } from './gate/day-guard.ts'
import { dayLimitsOf } from './gate/day-settings.ts'
import { fallbackModels } from './gate/fallback-settings.ts'
import { openAccounts } from './gate/open-accounts.ts'
import { openLeaseKeeper, type LeaseKeeper } from './lease-keeper.ts'
import { networkTargets } from './network-targets.ts'
import { startProbe, type Readiness } from './probe.ts'
import { createWorkerMetrics, type WorkerMetrics } from './worker-metrics.ts'
import { startConsuming, type Consuming } from './consume/start-consuming.ts'
import { openInference } from './open-inference.ts'
import type { WorkerSetting } from './worker-setting.ts'

export interface RunningWorker {
  /** Of the probe. */
  url: string
  /** What it serves, as far as its base URLs have said which models they have. */
  providers(): ServedProvider[]
  /** Calls `listener` whenever that changes. */
  followProviders(listener: (providers: ServedProvider[]) => void): void
  /** Hands running jobs to other workers and ends; waits for Redis as long as it is away. */
  stop(): Promise<void>
}

/**
 * Composes a worker from its settings and returns once it consumes; a Redis that is away is waited for. Throws
 * AppError when Redis refuses the login or is unfit.
 */
export async function startWorker(
  config: WorkerConfig,
  providers: ConfiguredProvider[],
  log: Log,
): Promise<RunningWorker> {
  await using stack = new AsyncDisposableStack()
  const { setting, connect, endpoints } = openSetting(stack, config, providers, log)
  const { redis, keys, accounts } = setting
  await awaitRedisServer(redis, keys)
  // A connection of its own: the others never give up, and a look must.
  const health = watchRedisHealth({ redis: connect('command'), keys, log })
  stack.defer(() => health.stop())
  warnOfIdlePacking(config, accounts, log)
  const warmedUp = warmUp(redis, accounts)
  const { consumers, isAlive, metrics } = await startParts(stack, setting, connect)
  const status = { ...setting.self, draining: false }
  // Else its first announcement would refuse scans that it can serve.
  await endpoints.firstLook
  const announcement = await announceWorker(redis, keys, () => ({
    ...status,
    ...endpoints.describe(),
    active: consumers.active(),
  }))
  stack.defer(() => announcement.stop())
  // A beat that fails is made up for by the next.
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

type Connect = (kind: ConnectionKind) => Redis

function openSetting(
  stack: AsyncDisposableStack,
  config: WorkerConfig,
  providers: ConfiguredProvider[],
  log: Log,
): { setting: WorkerSetting; connect: Connect; endpoints: Endpoints } {
  const away = (error: Error): void => log.warn({ err: error }, 'Redis is away')
  const connect: Connect = (kind) =>
    stack.adopt(connectRedis(config.REDIS_URL, kind, away), (redis) => redis.disconnect())
  const redis = connect('worker')
  const keys = createRedisKeys(config.CAPSTAN_REDIS_PREFIX)
  const settings = accountSettings(config, providers[0]?.provider ?? 'demo')
  const endpoints = openEndpoints(providers, settings, log)
  stack.defer(() => endpoints.stop())
  const accounts = openAccounts(settings, {
    timeoutMs: config.CAPSTAN_CALL_TIMEOUT_MS,
    takesAll: config.CAPSTAN_ASSUME_DIALECT || undefined,
  })
  const self = describeSelf(config, endpoints)
  const stores = connect('store')
  const setting = { config, redis, stores, keys, log, accounts, self }
  return { setting, connect, endpoints }
}

/** For what surrounds the call of a check: budgets, limits, the way of its outcome. */
const CHECK_MARGIN_MS = 10_000

/** Starts what consumes routes, looks after batches and follows signals. */
async function startParts(
  stack: AsyncDisposableStack,
  setting: WorkerSetting,
  connect: Connect,
): Promise<Consuming & { metrics: WorkerMetrics }> {
  const { redis, keys, self } = setting
  const queues = stack.adopt(openRouteQueues(redis, keys), (open) => open.close())
  const metrics = createWorkerMetrics({
    version: self.version,
    concurrency: self.concurrency,
    active: () => consumers.active(),
  })
  const day = openDay(setting, metrics)
  const dialects = openDialects({ ...setting, memory: openDialectMemory(setting.stores, keys) })
  const leases = openLeases(setting)
  stack.defer(() => leases.stop())
  const deps = openInference(setting, { metrics, day, queues, dialects, leases })
  const { consumers, isAlive } = startConsuming(setting, deps, queues)
  stack.defer(() => consumers.stop())
  const { catalog } = deps
  const tender = tendBatches(openTending({ ...setting, queues, day, metrics, catalog, leases }))
  stack.defer(() => tender.stop())
  const checkMs = CHECK_WAIT_MS + deps.callTimeoutMs + CHECK_MARGIN_MS
  const signalDeps = { ...setting, consumers, gate: deps.gate, dialects, checkMs }
  const signals = await followWorkerSignals(connect('subscriber'), signalDeps)
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

/** What the first types of a scan would else wait for. */
async function warmUp(redis: Redis, accounts: Account[]): Promise<void> {
  const providers = new Set(accounts.map(({ provider }) => provider))
  await Promise.all([preloadLuaScripts(redis), ...[...providers].map(warmUpModelClient)])
}

/** Rules have no limits that a pack could spare. */
function warnOfIdlePacking(config: WorkerConfig, accounts: Account[], log: Log): void {
  if (config.CAPSTAN_PACK === 1 || accounts.length > 0) return
  log.warn('CAPSTAN_PACK does nothing here: the demo rules answer every type alone and at once')
}

function describeSelf(config: WorkerConfig, endpoints: Endpoints): WorkerSetting['self'] {
  return {
    id: `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`,
    host: hostname(),
    pid: process.pid,
    version: packageJson.version,
    startedAt: new Date().toISOString(),
    concurrency: config.CAPSTAN_CONCURRENCY,
    ...(config.CAPSTAN_PACK > 1 && { pack: config.CAPSTAN_PACK }),
    ...endpoints.describe(),
    fallback: fallbackModels(config.CAPSTAN_FALLBACK),
    dayLimits: dayLimitsOf(config),
    network: networkTargets(config),
  }
}

function openLeases({ stores, keys, log, self }: WorkerSetting): LeaseKeeper {
  return openLeaseKeeper({ results: openResultCache(stores, keys), log, workerId: self.id })
}

function openDay({ config, stores, keys, log }: WorkerSetting, metrics: WorkerMetrics): DayGuard {
  return openDayGuard({
    budget: openDailyBudget(stores, keys),
    limits: dayLimitsOf(config),
    onRefusal: () => metrics.dayRefusals.inc(),
    log,
  })
}
