import { sleep } from '@capstan/shared/async/sleep'
import type { AddressInfo } from 'node:net'
import type { Redis } from 'ioredis'
import type { Catalog } from '@capstan/catalog/catalog'
import { EmbeddingIndex } from '@capstan/catalog/in-process/embedding-index'
import { openOverrideStore } from '@capstan/catalog/override/override-store'
import { withOverrides } from '@capstan/catalog/override/with-overrides'
import { openQdrantCatalog } from '@capstan/catalog/qdrant/qdrant-catalog'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { openDefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { openLimiter } from '@capstan/limits/limiter'
import type { LimitKey } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import { openPlanQueue } from '@capstan/scan-store/queue/plan-queue'
import { openRouteQueues } from '@capstan/scan-store/queue/route-queues'
import { openScheduleQueue } from '@capstan/scan-store/queue/schedule-queue'
import { startJobSweeps } from '@capstan/scan-store/queue/start-job-sweeps'
import { subscribeToRouteEvents } from '@capstan/scan-store/reconcile/follow-route-events'
import { startReconciler } from '@capstan/scan-store/reconcile/reconciler'
import { awaitRedisServer } from '@capstan/redis/await-server'
import { connectRedis, type ConnectionKind } from '@capstan/redis/connect'
import { preloadLuaScripts } from '@capstan/redis/lua-script'
import { createRedisKeys, type RedisKeys } from '@capstan/redis/keys'
import { watchRedisHealth } from '@capstan/redis/redis-health'
import { openRouteRegistry } from '@capstan/scan-store/routes/route-registry'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { buildApp } from './app.ts'
import type { ApiConfig } from './config.ts'
import type { ApiDeps } from './deps.ts'
import { embeddingsOf, openEmbedders } from './embeddings/open-embedders.ts'
import { openEventHub } from './events/event-hub.ts'
import { openRouteEvents } from './events/route-events.ts'
import { findClusters } from './clusters/configured-clusters.ts'
import { openWorkLimits } from './http/work-limits.ts'
import type { LinkSettings } from './links/find-prefix.ts'
import { openOutlook } from './providers/forecast.ts'
import { networkTargets } from './list-network-targets.ts'
import { createMetrics, type ApiMetrics } from './plugins/metrics.ts'
import { keepRoutes } from './queue/maintain-routes.ts'
import { readRouteBounds } from './queue/read-route-bounds.ts'
import { lookAhead } from './clusters/warm-up-cluster.ts'
import { startPlanner } from './plan/planner.ts'
import { mendSchedules } from './schedules/schedule-store.ts'
import { startScheduler } from './schedules/scheduler.ts'
import { startWatcher, type WatchTimes } from './watch/watcher.ts'

export interface RunningApi {
  url: string
  /** Says not ready, waits for load balancers, ends streams and requests, then everything else. */
  stop(): Promise<void>
}

/** A healthy scan is never touched, so looking often costs one read a scan. */
const RECONCILE_EVERY_MS = 5_000
const REDIS_START_MS = 30_000
/** Connections that the kernel keeps until they are accepted; it takes the smaller of this and its own bound. */
const BACKLOG = 4_096

type Connect = (kind: ConnectionKind) => Redis

/** Composes the API from its settings and returns once it listens. Throws AppError when Redis is unfit. */
export async function startApi(config: ApiConfig, log: Log): Promise<RunningApi> {
  await using stack = new AsyncDisposableStack()
  const openConnection: Connect = (kind) =>
    connectRedis(config.REDIS_URL, kind, (error) => log.warn({ err: error, kind }, 'Redis is away'))
  const connect: Connect = (kind) =>
    stack.adopt(openConnection(kind), (redis) => redis.disconnect())
  const redis = connect('command')
  const keys = createRedisKeys(config.CAPSTAN_REDIS_PREFIX)
  // Before the queues: a BullMQ queue opened on a connection that is not ready never works.
  await awaitRedisServer(redis, keys, REDIS_START_MS)
  const redisHealth = stack.adopt(watchRedisHealth({ redis, keys, log }), (open) => open.stop())
  const scripts = preloadLuaScripts(redis)
  const clusters = stack.adopt(findClusters(config, log), (open) => open.close())
  // Blocks for most of a second; done later, it would be the first request that hangs, and every stream with it.
  await Promise.all([clusters.warmUp(), scripts])
  const deps = openDeps(config, log, { stack, redis, redisHealth, keys, connect, clusters })
  // Plugins of a kubeconfig may ask a person to log in, and should not before that person wants something.
  if (!config.CAPSTAN_ALLOW_EXEC) stack.defer(lookAhead(deps))
  const metrics = createMetrics()
  await startBackground(deps, {
    stack,
    connect,
    openConnection,
    metrics,
    routeIdleMs: config.CAPSTAN_ROUTE_IDLE_MS,
    watch: config.CAPSTAN_WATCH
      ? { quietMs: config.CAPSTAN_WATCH_DEBOUNCE_MS, mostMs: config.CAPSTAN_WATCH_MAX_WAIT_MS }
      : undefined,
  })
  let draining = false
  const app = await buildApp(deps, {
    tokens: config.tokens,
    metrics,
    isDraining: () => draining,
    compat: config.CAPSTAN_COMPAT,
    importBytes: config.CAPSTAN_IMPORT_BYTES,
    links: linkSettings(config),
  })
  stack.defer(() => app.close())
  await app.listen({ host: config.HOST, port: config.PORT, backlog: BACKLOG })
  const running = stack.move()
  return {
    url: urlOf(config.HOST, app.server.address() as AddressInfo),
    stop: async () => {
      draining = true
      await sleep(config.CAPSTAN_DRAIN_MS)
      await running.disposeAsync()
    },
  }
}

interface Opening {
  stack: AsyncDisposableStack
  redis: Redis
  redisHealth: ApiDeps['redisHealth']
  keys: RedisKeys
  connect: Connect
  clusters: ApiDeps['clusters']
}

function openDeps(
  config: ApiConfig,
  log: Log,
  { stack, redis, redisHealth, keys, connect, clusters }: Opening,
): ApiDeps {
  const queues = stack.adopt(openRouteQueues(redis, keys), (open) => open.close())
  const planQueue = stack.adopt(openPlanQueue(redis, keys), (open) => open.close())
  const scheduleQueue = stack.adopt(openScheduleQueue(redis, keys), (open) => open.close())
  for (const one of [planQueue, scheduleQueue]) {
    one.on('error', (error) => log.warn({ err: error }, 'a queue lost Redis; it goes on'))
  }
  const defaults = {
    provider: config.CAPSTAN_PROVIDER,
    model: config.CAPSTAN_MODEL,
    prices: config.CAPSTAN_PRICES,
  }
  const blocking = connect('blocking')
  const limiter = openLimiter({ redis, keys, limitsOf: notOurs })
  const hub = stack.adopt(openEventHub({ redis, blocking, keys, log }), (open) => open.close())
  return {
    redis,
    redisHealth,
    keys,
    queues,
    routes: openRouteRegistry(redis, keys),
    planQueue,
    scheduleQueue,
    hub,
    routeEvents: openRouteEvents(),
    log,
    limiter,
    work: openWorkLimits(),
    journal: openJournal(redis, keys, {
      readForecast: openOutlook({ redis, keys, limiter }),
      routeBounds: () => readRouteBounds({ redis, keys, defaults }, routeLimits(config)),
    }),
    catalog: withOverrides(
      stack.adopt(openCatalog(config, log, redis, keys), (open) => open.close()),
      openOverrideStore(redis, keys),
    ),
    definitions: openDefinitionStore(redis, keys),
    results: openResultCache(redis, keys),
    clusters,
    embeddings: embeddingsOf(config),
    network: () => networkTargets(config, clusters),
    defaults,
  }
}

/** Searched in Qdrant when there is one; read once now, so that nobody's first search has to wait for all rows. */
function openCatalog(config: ApiConfig, log: Log, redis: Redis, keys: RedisKeys): Catalog {
  const { QDRANT_URL: url, QDRANT_API_KEY: apiKey, CAPSTAN_QDRANT_COLLECTION: collection } = config
  const embedders = openEmbedders(config, redis, keys, log)
  const { ofRows: embedder, ofQueries } = embedders ?? {}
  const inQdrant =
    url === undefined
      ? undefined
      : openQdrantCatalog(redis, keys, { url, apiKey, collection, embedder, ofQueries })
  inQdrant?.start()
  const meaning = embedders && new EmbeddingIndex(redis, keys, embedders)
  const catalog = inQdrant ?? openRedisCatalog(redis, keys, meaning)
  catalog.count({}).catch(() => undefined) // the first who reads is told
  return catalog
}

/** Only who holds a key knows what its account may do. */
function notOurs({ account }: LimitKey): never {
  throw new Error(`the API makes no call, so it has no limits for ${account}`)
}

interface Background {
  stack: AsyncDisposableStack
  connect: Connect
  /** As `connect`, for connections that are opened and closed while the API runs: their user disconnects them. */
  openConnection: Connect
  metrics: Pick<ApiMetrics, 'mended' | 'answersStored'>
  watch: Partial<WatchTimes> | undefined
  routeIdleMs: number
}

/** Planner, reconciler, the follower of failed jobs, and what keeps queues and their finished jobs within bounds. */
async function startBackground(
  deps: ApiDeps,
  { stack, connect, openConnection, metrics, watch, routeIdleMs }: Background,
): Promise<void> {
  const follower = subscribeToRouteEvents({
    ...deps,
    connect: () => openConnection('blocking'),
    onEvent: (event) => deps.routeEvents.publish(event),
  })
  stack.defer(() => follower.stop())
  const reconciler = startReconciler(
    { ...deps, onRepair: metrics.mended },
    { intervalMs: RECONCILE_EVERY_MS },
  )
  stack.defer(() => reconciler.stop())
  const keeper = keepRoutes(deps, { idleMs: routeIdleMs })
  stack.defer(() => keeper.stop())
  const sweeps = startJobSweeps(deps)
  stack.defer(() => sweeps.stop())
  const planner = startPlanner({ ...deps, onStored: metrics.answersStored }, connect('worker'))
  stack.defer(() => planner.close())
  await mendSchedules(deps)
  const scheduler = startScheduler(deps, connect('worker'))
  stack.defer(() => scheduler.close())
  const watcher = watch && startWatcher(deps, watch)
  stack.defer(() => watcher?.stop())
}

function urlOf(host: string, { port }: AddressInfo): string {
  // 0.0.0.0 and :: mean every address; loopback is one of them.
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function linkSettings(config: ApiConfig): LinkSettings {
  return { publicUrl: config.CAPSTAN_PUBLIC_URL, trustedProxies: config.CAPSTAN_TRUSTED_PROXIES }
}

function routeLimits(config: ApiConfig): { maxLive: number; maxPerToken: number } {
  return { maxLive: config.CAPSTAN_MAX_ROUTES, maxPerToken: config.CAPSTAN_ROUTES_PER_CALLER }
}
