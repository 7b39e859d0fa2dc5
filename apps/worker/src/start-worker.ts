import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Redis } from 'ioredis'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { rehearseCall } from '@capstan/llm/rehearse-call'
import { openBatchBook } from '@capstan/shared/batches/batch-book'
import { openDayBudget } from '@capstan/shared/day/day-budget'
import { openDefinitionStore } from '@capstan/shared/definitions/definition-store'
import { openJournal } from '@capstan/shared/journal/journal'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { openRetryBudget } from '@capstan/shared/limits/retry-budget'
import type { Log } from '@capstan/shared/log'
import { holdQueue, obeyHolds } from '@capstan/shared/queue/hold-queue'
import { openInferQueue } from '@capstan/shared/queue/infer-queue'
import { openVirtualClock } from '@capstan/shared/queue/virtual-time'
import { awaitRedisServer } from '@capstan/shared/redis/await-server'
import { connectRedis, type ConnectionKind } from '@capstan/shared/redis/connect'
import { loadScripts } from '@capstan/shared/redis/lua-script'
import { redisKeys, type RedisKeys } from '@capstan/shared/redis/keys'
import { openResultCache } from '@capstan/shared/results/result-cache'
import { announceWorker } from '@capstan/shared/workers/worker-registry'
import packageJson from '../package.json' with { type: 'json' }
import { openTending } from './batch/open-tending.ts'
import { tendBatches } from './batch/tend-batches.ts'
import { afterOutage } from './after-outage.ts'
import { batchCatalog } from './catalog-batch.ts'
import { warnOfClockSkew } from './clock-skew.ts'
import { countedCall } from './counted-call.ts'
import type { ServedProvider, WorkerConfig } from './config.ts'
import { watchConsumption, type Consumption } from './consumption.ts'
import { accountSettings } from './gate/account-settings.ts'
import type { Account } from './gate/account.ts'
import { openDayGuard, type DayGuard } from './gate/day-guard.ts'
import { dayLimitsOf } from './gate/day-settings.ts'
import { fallbackModels, fallbackOf } from './gate/fallback-settings.ts'
import { openGate } from './gate/open-gate.ts'
import type { ModelGate } from './gate/model-gate.ts'
import { openAccounts } from './gate/open-accounts.ts'
import { inferCapability } from './infer-capability.ts'
import type { InferenceDeps } from './inference-deps.ts'
import { startInferWorker, type InferWorker } from './infer-worker.ts'
import { obeySignals } from './obey-signals.ts'
import { openPacks, type Packs } from './pack/open-packs.ts'
import { startProbe } from './probe.ts'
import { createWorkerMetrics, type WorkerMetrics } from './worker-metrics.ts'

export interface RunningWorker {
  /** Of the probe. */
  url: string
  /** Hands running jobs to other workers and ends; waits for Redis as long as it is away. */
  stop(): Promise<void>
}

/** What all parts of one worker process share. */
interface Setting {
  config: WorkerConfig
  redis: Redis
  stores: Redis
  keys: RedisKeys
  log: Log
  accounts: Account[]
  self: Omit<WorkerStatus, 'lastSeen' | 'active' | 'draining'>
}

/**
 * Composes a worker from its settings and returns once it consumes; a Redis that is away is waited for. Throws
 * AppError when Redis refuses the login or is unfit.
 */
export async function startWorker(
  config: WorkerConfig,
  providers: ServedProvider[],
  log: Log,
): Promise<RunningWorker> {
  await using stack = new AsyncDisposableStack()
  const away = (error: Error): void => log.warn({ err: error }, 'Redis is away')
  const connect = (kind: ConnectionKind): Redis =>
    stack.adopt(connectRedis(config.REDIS_URL, kind, away), (redis) => redis.disconnect())
  const redis = connect('worker')
  const keys = redisKeys(config.CAPSTAN_REDIS_PREFIX)
  const accounts = accountsOf(config, providers)
  const self = describeSelf(config, providers, accounts)
  const setting: Setting = { config, redis, stores: connect('store'), keys, log, accounts, self }
  await meetRedis(setting)
  warnOfIdlePacking(config, accounts, log)
  const warmedUp = warmUp(redis, accounts)
  const queue = stack.adopt(openInferQueue(redis, keys), (open) => open.close())
  await obeyHolds(queue)
  const consumption = watchConsumption({ redis, queue }, config.CAPSTAN_IDLE_LIMIT_MS)
  const { worker, metrics, gate, day } = startConsuming(setting, consumption)
  stack.defer(() => worker.stop())
  const tender = tendBatches(openTending({ ...setting, queue, day }))
  stack.defer(() => tender.stop())
  const obeying = await obeySignals(connect('subscriber'), { ...setting, worker, gate })
  stack.defer(() => obeying.stop())
  const status = { ...setting.self, draining: false }
  const announcement = await announceWorker(redis, keys, () => ({
    ...status,
    active: worker.active(),
  }))
  stack.defer(() => announcement.stop())
  await Promise.all([worker.ready(), warmedUp])
  const notReady = () =>
    status.draining ? ['draining'] : redis.status === 'ready' ? [] : ['redis']
  const probe = await startProbe(
    { isAlive: consumption.isAlive, notReady, metrics: () => metrics.registry.metrics() },
    { host: config.HOST, port: config.PORT },
  )
  stack.defer(() => probe.close())
  const running = stack.move()
  return {
    url: probe.url,
    stop: async () => {
      status.draining = true
      await running.disposeAsync()
    },
  }
}

/** Waits until Redis can be worked with, and says what is odd about it. AppError when it never will be. */
async function meetRedis({ redis, keys, log }: Setting): Promise<void> {
  const { warnings } = await awaitRedisServer(redis, keys)
  for (const warning of warnings) log.warn(warning)
  await warnOfClockSkew(redis, log)
}

/** What the first types of a scan would else wait for. */
async function warmUp(redis: Redis, accounts: Account[]): Promise<void> {
  const providers = new Set(accounts.map(({ provider }) => provider))
  await Promise.all([loadScripts(redis), ...[...providers].map(rehearseCall)])
}

/** Rules have no limits that a pack could spare. */
function warnOfIdlePacking(config: WorkerConfig, accounts: Account[], log: Log): void {
  if (config.CAPSTAN_PACK === 1 || accounts.length > 0) return
  log.warn('CAPSTAN_PACK does nothing here: the demo rules answer every type alone and at once')
}

function accountsOf(config: WorkerConfig, providers: ServedProvider[]): Account[] {
  const usual = providers[0]?.provider ?? 'demo'
  return openAccounts(accountSettings(config, usual), config.CAPSTAN_CALL_TIMEOUT_MS)
}

function describeSelf(
  config: WorkerConfig,
  providers: ServedProvider[],
  accounts: Account[],
): Setting['self'] {
  return {
    id: `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`,
    host: hostname(),
    pid: process.pid,
    version: packageJson.version,
    startedAt: new Date().toISOString(),
    concurrency: config.CAPSTAN_CONCURRENCY,
    ...(config.CAPSTAN_PACK > 1 && { pack: config.CAPSTAN_PACK }),
    providers,
    fallback: fallbackModels(config.CAPSTAN_FALLBACK),
    dayLimits: dayLimitsOf(config),
    accounts: accounts.map(({ name, provider, defaultModel, weight = 1 }) => ({
      name,
      provider,
      weight,
      model: defaultModel,
    })),
  }
}

function startConsuming(
  setting: Setting,
  consumption: Consumption,
): { worker: InferWorker; metrics: WorkerMetrics; gate: ModelGate; day: DayGuard } {
  const { config, redis, stores, keys, log, self } = setting
  const clock = openVirtualClock(stores, keys)
  const metrics = createWorkerMetrics({
    version: self.version,
    concurrency: self.concurrency,
    active: () => worker.active(),
  })
  const day = openDayGuard({
    budget: openDayBudget(stores, keys),
    limits: dayLimitsOf(config),
    onRefusal: () => metrics.dayRefusals.inc(),
    log,
  })
  const deps = openInference(setting, { metrics, day })
  const worker = startInferWorker(
    {
      connection: redis,
      keys,
      log,
      infer: (job, signal) => inferCapability(deps, job, signal),
      holdQueue: async (forMs) => {
        const heldMs = await holdQueue(stores, keys, forMs)
        log.debug({ heldMs }, 'the queue is held until a provider lets calls in')
      },
      onActivity: () => consumption.note(),
      onStarted: (priority) => clock.advance(priority),
    },
    {
      workerId: self.id,
      concurrency: self.concurrency,
      times: { lockMs: config.CAPSTAN_LOCK_MS, stalledMs: config.CAPSTAN_STALLED_MS },
    },
  )
  return { worker, metrics, gate: deps.gate, day }
}

function openInference(
  { config, stores, keys, log, accounts, self }: Setting,
  { metrics, day }: { metrics: WorkerMetrics; day: DayGuard },
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
    day,
    prices: config.CAPSTAN_PRICES,
  })
  return {
    journal: openJournal(stores, keys),
    results: openResultCache(stores, keys),
    definitions: openDefinitionStore(stores, keys),
    catalog: batchCatalog(openRedisCatalog(stores, keys)),
    gate,
    packs: packsOf({ gate, metrics }, config.CAPSTAN_PACK),
    retries: openRetryBudget(stores, keys),
    mayTakeOver: afterOutage(stores),
    batches: {
      book: openBatchBook(stores, keys),
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

/** Who looks after batches wakes the jobs that wait for them; should nobody, they look for themselves after so many polls. */
const LOOKS_TO_REST = 30
const LOOKS_ELSEWHERE = 10
