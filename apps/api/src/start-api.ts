import { sleep } from '@capstan/shared/async/sleep'
import type { Redis } from 'ioredis'
import { openOverrideStore } from '@capstan/catalog/override/override-store'
import { withOverrides } from '@capstan/catalog/override/with-overrides'
import { CURATED_VERSION, findCuratedAnswer } from '@capstan/curated-answers/find-curated-answer'
import { openDefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { listeningPort } from '@capstan/shared/http/listening-port'
import type { LimitKey } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import { openPlanQueue } from '@capstan/scan-store/queue/plan-queue'
import { openRouteQueues } from '@capstan/scan-store/queue/route-queues'
import { openScheduleQueue } from '@capstan/scan-store/queue/schedule-queue'
import { openWebhookQueue } from '@capstan/scan-store/queue/webhook-queue'
import { startJobSweeps } from '@capstan/scan-store/queue/start-job-sweeps'
import { subscribeToRouteEvents } from '@capstan/scan-store/reconcile/subscribe-to-route-events'
import { startReconciler } from '@capstan/scan-store/reconcile/reconciler'
import { awaitRedisServer } from '@capstan/redis/await-server'
import { connectRedis, type ConnectionKind } from '@capstan/redis/connect'
import { preloadLuaScripts } from '@capstan/redis/lua-script'
import { createRedisKeys, type RedisKeys } from '@capstan/redis/keys'
import { watchRedisHealth } from '@capstan/redis/redis-health'
import { openRouteRegistry } from '@capstan/scan-store/routes/route-registry'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { buildApp, type AppOptions } from './app.ts'
import { openAuditLog } from './audit/audit-log.ts'
import type { ApiConfig } from './config.ts'
import type { ApiDeps } from './deps.ts'
import { openCatalog } from './capabilities/open-catalog.ts'
import { describeEmbeddings } from './embeddings/open-embedders.ts'
import { openDashboardFiles } from './dashboard/dashboard-files.ts'
import { openEventHub } from './events/event-hub.ts'
import { openRouteEvents } from './events/route-events.ts'
import { openConfiguredClusters } from './clusters/configured-clusters.ts'
import { openWorkLimits } from './http/work-limits.ts'
import { createForecast } from './providers/forecast.ts'
import { listNetworkTargets } from './list-network-targets.ts'
import { createMetrics, type ApiMetrics } from './plugins/metrics.ts'
import { maintainRoutes } from './queue/maintain-routes.ts'
import { readRouteBounds } from './queue/read-route-bounds.ts'
import { warmUpCluster } from './clusters/warm-up-cluster.ts'
import { startPlanner } from './plan/planner.ts'
import { repairSchedules } from './schedules/schedule-store.ts'
import { startScheduler } from './schedules/scheduler.ts'
import { startWatcher, type WatchTimes } from './watch/watcher.ts'
import { startWebhooks } from './webhooks/start-webhooks.ts'
import { readWebhookSettings } from './webhooks/webhook-settings.ts'

export interface RunningApi {
  url: string
  /** Fails readiness, waits for load balancers, closes streams and requests, then all other parts. */
  stop(): Promise<void>
}

/** One check of a healthy scan costs one read, so a short interval is cheap. */
const RECONCILE_EVERY_MS = 5_000
const REDIS_START_MS = 30_000
/** Length of the accept queue of the kernel. The kernel uses the smaller of this and its own limit. */
const BACKLOG = 4_096

type Connect = (kind: ConnectionKind) => Redis

/** Composes the API from its settings. Returns once it listens. Throws AppError when Redis is unusable. */
export async function startApi(config: ApiConfig, log: Log): Promise<RunningApi> {
  await using stack = new AsyncDisposableStack()
  const openConnection: Connect = (kind) =>
    connectRedis(config.REDIS_URL, kind, (error) =>
      log.warn({ err: error, kind }, 'the connection to Redis failed'),
    )
  const connect: Connect = (kind) =>
    stack.adopt(openConnection(kind), (redis) => redis.disconnect())
  const redis = connect('command')
  const keys = createRedisKeys(config.CAPSTAN_REDIS_PREFIX)
  // Must precede the queues: BullMQ does not recover from a connection that is not ready when the queue is opened.
  await awaitRedisServer(redis, keys, REDIS_START_MS)
  const redisHealth = stack.adopt(watchRedisHealth({ redis, keys, log }), (open) => open.stop())
  const scripts = preloadLuaScripts(redis)
  const clusters = stack.adopt(openConfiguredClusters(config, log), (open) => open.close())
  // Blocks the event loop for up to a second, so it must run before the first request and the first stream.
  await Promise.all([clusters.warmUp(), scripts])
  const deps = await openDeps(config, log, { stack, redis, redisHealth, keys, connect, clusters })
  // A credential plugin may prompt for a login. The prompt should come only when a request needs the cluster.
  if (!config.CAPSTAN_ALLOW_EXEC) stack.defer(warmUpCluster(deps))
  const metrics = createMetrics()
  await startBackground(deps, {
    stack,
    connect,
    openConnection,
    metrics,
    routeIdleMs: config.CAPSTAN_ROUTE_IDLE_MS,
    watch: readWatchTimes(config),
  })
  const files = openDashboardFiles(config.CAPSTAN_DASHBOARD_DIR, log)
  const dashboard = stack.adopt(files, (open) => open.close())
  let isDraining = false
  const options = { ...readAppOptions(config), metrics, dashboard }
  const app = await buildApp(deps, { ...options, isDraining: () => isDraining })
  stack.defer(() => app.close())
  await app.listen({ host: config.HOST, port: config.PORT, backlog: BACKLOG })
  const running = stack.move()
  return {
    url: formatUrl(config.HOST, listeningPort(app.server)),
    stop: async () => {
      isDraining = true
      await sleep(config.CAPSTAN_DRAIN_MS)
      await running.disposeAsync()
    },
  }
}

interface OpenOptions {
  stack: AsyncDisposableStack
  redis: Redis
  redisHealth: ApiDeps['redisHealth']
  keys: RedisKeys
  connect: Connect
  clusters: ApiDeps['clusters']
}

async function openDeps(
  config: ApiConfig,
  log: Log,
  { stack, redis, redisHealth, keys, connect, clusters }: OpenOptions,
): Promise<ApiDeps> {
  const defaults = readDefaults(config)
  const blocking = connect('blocking')
  const limiter = openLimiter({ redis, keys, limitsFor: rejectOwnCalls })
  const hub = stack.adopt(openEventHub({ redis, blocking, keys, log }), (open) => open.close())
  return {
    redis,
    subscriber: connect('subscriber'),
    redisHealth,
    keys,
    ...openQueues({ stack, redis, keys }, log),
    routes: openRouteRegistry(redis, keys),
    webhookSettings: readWebhookSettings(config),
    hub,
    routeEvents: openRouteEvents(),
    log,
    limiter,
    work: openWorkLimits(),
    audit: openAuditLog({ redis, keys, log }),
    journal: openJournal(redis, keys, {
      readForecast: createForecast({ redis, keys, limiter }),
      routeBounds: () => readRouteBounds({ redis, keys, defaults }, readRouteLimits(config)),
    }),
    catalog: withOverrides(
      stack.adopt(await openCatalog(config, log, redis, keys), (open) => open.close()),
      openOverrideStore(redis, keys),
    ),
    definitions: openDefinitionStore(redis, keys),
    results: openResultCache(redis, keys),
    curatedAnswers: { version: CURATED_VERSION, find: findCuratedAnswer },
    clusters,
    embeddings: describeEmbeddings(config),
    network: () => listNetworkTargets(config, clusters),
    defaults,
  }
}

function openQueues(
  { stack, redis, keys }: Pick<OpenOptions, 'stack' | 'redis' | 'keys'>,
  log: Log,
) {
  const queues = stack.adopt(openRouteQueues(redis, keys), (open) => open.close())
  const planQueue = stack.adopt(openPlanQueue(redis, keys), (open) => open.close())
  const scheduleQueue = stack.adopt(openScheduleQueue(redis, keys), (open) => open.close())
  const webhookQueue = stack.adopt(openWebhookQueue(redis, keys), (open) => open.close())
  for (const queue of [planQueue, scheduleQueue, webhookQueue]) {
    queue.on('error', (error) =>
      log.warn({ err: error }, 'a queue lost its connection to Redis and reconnects'),
    )
  }
  return { queues, planQueue, scheduleQueue, webhookQueue }
}

function readDefaults(config: ApiConfig): ApiDeps['defaults'] {
  return {
    provider: config.CAPSTAN_PROVIDER,
    model: config.CAPSTAN_MODEL,
    prices: config.CAPSTAN_PRICES,
    curated: config.CAPSTAN_CURATED,
  }
}

/** The API holds no provider keys and makes no model calls, so it knows no limits of accounts. */
function rejectOwnCalls({ account }: LimitKey): never {
  throw new Error(`the API makes no call, so it has no limits for ${account}`)
}

interface Background {
  stack: AsyncDisposableStack
  connect: Connect
  /**
   * Like `connect`, for connections that are opened and closed while the API runs. The user of the connection closes
   * it.
   */
  openConnection: Connect
  metrics: Pick<ApiMetrics, 'reconciled' | 'typesPlanned' | 'webhookAttempt'>
  watch: Partial<WatchTimes> | undefined
  routeIdleMs: number
}

/** Starts the planner, the reconciler, the scheduler, the watcher, webhooks, the maintenance of routes, and the sweeps of finished jobs. */
async function startBackground(
  deps: ApiDeps,
  { stack, connect, openConnection, metrics, watch, routeIdleMs }: Background,
): Promise<void> {
  const routeEvents = subscribeToRouteEvents({
    ...deps,
    connect: () => openConnection('blocking'),
    onEvent: (event) => deps.routeEvents.publish(event),
  })
  stack.defer(() => routeEvents.stop())
  const reconciler = startReconciler(
    { ...deps, onRepair: metrics.reconciled },
    { intervalMs: RECONCILE_EVERY_MS },
  )
  stack.defer(() => reconciler.stop())
  const routeMaintenance = maintainRoutes(deps, { idleMs: routeIdleMs })
  stack.defer(() => routeMaintenance.stop())
  const sweeps = startJobSweeps(deps)
  stack.defer(() => sweeps.stop())
  const planner = startPlanner({ ...deps, onPlanned: metrics.typesPlanned }, connect('worker'))
  stack.defer(() => planner.close())
  await repairSchedules(deps)
  const scheduler = startScheduler(deps, connect('worker'))
  stack.defer(() => scheduler.close())
  const webhooks = startWebhooks({ ...deps, onOutcome: metrics.webhookAttempt }, connect('worker'))
  stack.defer(() => webhooks.stop())
  const watcher = watch && startWatcher(deps, watch)
  stack.defer(() => watcher?.stop())
}

function formatUrl(host: string, port: number): string {
  // 0.0.0.0 and :: include the loopback address.
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function readWatchTimes(config: ApiConfig): Partial<WatchTimes> | undefined {
  if (!config.CAPSTAN_WATCH) return undefined
  return { quietMs: config.CAPSTAN_WATCH_DEBOUNCE_MS, maxMs: config.CAPSTAN_WATCH_MAX_WAIT_MS }
}

function readAppOptions(config: ApiConfig): AppOptions {
  return {
    tokens: config.tokens,
    oidc: config.oidc,
    compat: config.CAPSTAN_COMPAT,
    importBytes: config.CAPSTAN_IMPORT_BYTES,
    agentBudgetUsd: config.CAPSTAN_MCP_BUDGET_USD,
    links: {
      publicUrl: config.CAPSTAN_PUBLIC_URL,
      trustedProxies: config.CAPSTAN_TRUSTED_PROXIES,
    },
  }
}

function readRouteLimits(config: ApiConfig): { maxLive: number; maxPerToken: number } {
  return { maxLive: config.CAPSTAN_MAX_ROUTES, maxPerToken: config.CAPSTAN_ROUTES_PER_CALLER }
}
