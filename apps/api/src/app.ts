import cookie from '@fastify/cookie'
import Fastify, { LogController, type FastifyBaseLogger } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { TokenEntry } from './access/tokens.ts'
import type { App } from './app-types.ts'
import { acceptProxiedTokens } from './compat/proxied-token.ts'
import { installCompat } from './compat/install-compat.ts'
import type { DashboardFiles } from './dashboard/dashboard-files.ts'
import type { ApiDeps } from './deps.ts'
import {
  openStreamRegistry,
  type StreamRegistry,
  type StreamLimits,
} from './events/stream-registry.ts'
import { countBatches } from './providers/count-batches.ts'
import { readAccountGauges } from './providers/list-providers.ts'
import { readDailyBudget } from './providers/read-daily-budget.ts'
import { openScanChannels } from './events/scan-channels.ts'
import { openIdempotencyStore } from './idempotency/idempotency-store.ts'
import { createPrefixFinder, type FindPrefix, type LinkSettings } from './links/find-prefix.ts'
import { stripPrefix } from './links/strip-prefix.ts'
import { addMcpRoute } from './mcp/mcp-route.ts'
import { openLogin, type Login } from './login/open-login.ts'
import type { SessionTimes } from './login/login-sessions.ts'
import type { OidcSettings } from './oidc/oidc-config.ts'
import { installAuth } from './plugins/auth.ts'
import { installBoard } from './plugins/board.ts'
import { installDashboard } from './plugins/dashboard.ts'
import { installDraining } from './plugins/draining.ts'
import { installErrors } from './plugins/errors.ts'
import { installIdempotency } from './plugins/idempotency.ts'
import { rejectUnknownQuery } from './plugins/reject-unknown-query.ts'
import { installLinks } from './plugins/links.ts'
import { createMetrics, installMetrics, type ApiMetrics } from './plugins/metrics.ts'
import { installNotFound } from './plugins/not-found.ts'
import { installOpenApi } from './plugins/openapi.ts'
import { installSessionWatch } from './plugins/session-watch.ts'
import { installProtection } from './plugins/protection.ts'
import { installRequestId, chooseRequestId } from './plugins/request-id.ts'
import { closeUnusedConnections } from './plugins/unused-connections.ts'
import { sendBrokenRequestProblem, sendFrameworkProblem } from './plugins/broken-request.ts'
import { installBodies } from './plugins/bodies.ts'
import { installHostHeader } from './plugins/host-header.ts'
import { installUnreadBodies } from './plugins/unread-bodies.ts'
import { readQueueStatus } from './queue/read-queue-status.ts'
import { addCapabilityExportRoute } from './routes/capability-export.ts'
import { addCapabilityImportRoute } from './routes/capability-import.ts'
import { addCapabilityListRoutes } from './routes/capability-lists.ts'
import { addCapabilityOverrideRoutes } from './routes/capability-override.ts'
import { addCapabilityRoutes } from './routes/capability.ts'
import { addCapabilityReindexRoutes } from './routes/capability-reindex.ts'
import { addCapabilitySearchRoutes } from './routes/capability-search.ts'
import { addEventRoute } from './routes/events.ts'
import { addHealthRoutes } from './routes/health.ts'
import { addNetworkRoute } from './routes/network.ts'
import { addProblemRoutes } from './routes/problems.ts'
import { addProviderRoutes } from './routes/providers.ts'
import { addQueueRoutes } from './routes/queue.ts'
import { addRemovedCapabilityRoutes } from './routes/removed-capabilities.ts'
import { addResourceRoutes } from './routes/resources.ts'
import { addAuditRoute } from './routes/login/audit.ts'
import { addLoginFormRoute } from './routes/login/login-form.ts'
import { addSessionRoutes } from './routes/login/session.ts'
import { addSessionListRoutes } from './routes/login/sessions.ts'
import { addOidcRoutes } from './routes/login/session-oidc.ts'
import { addScanControlRoutes } from './routes/scan-control.ts'
import { addScanDiffRoute } from './routes/scan-diff.ts'
import { addScanExportRoute } from './routes/scan-export.ts'
import { addScanProgressRoute } from './routes/scan-progress.ts'
import { addScanEventRoute } from './routes/scan-events.ts'
import { addScanResourceRoutes } from './routes/scan-resources.ts'
import { addScanListRoute, addScanRoute } from './routes/scans.ts'
import { addScheduleRoutes } from './routes/schedules.ts'
import { addStartScanRoute } from './routes/start-scan.ts'
import { addWebhookRoutes } from './routes/webhooks.ts'
import { compileValidator } from './validation/invalid-request.ts'

export interface AppOptions {
  /** Without tokens and issuer the server needs no authentication and answers to loopback names only. */
  tokens?: TokenEntry[]
  /** The OpenID Connect issuer at which people log in. */
  oidc?: OidcSettings | undefined
  metrics?: ApiMetrics
  isDraining?: () => boolean
  postsPerMinute?: number
  streams?: Partial<StreamLimits>
  /** Maximum size of an import in bytes. Default: 64 MiB. */
  importBytes?: number
  /** Dollars a day that the scans of one caller may cost through POST /mcp. Default: no limit. */
  agentBudgetUsd?: number | undefined
  /** Enables the interface of the named system beside the REST API. */
  compat?: 'dot-ai' | undefined
  /** Source of the path prefix of links. Default: links begin at the root. */
  links?: LinkSettings
  timeouts?: ServerTimeouts
  /** Default: there is none, and its pages say so. */
  dashboard?: Pick<DashboardFiles, 'state'>
  /** Default: 8 h without a request, 24 h in all. */
  sessionTimes?: SessionTimes
}

export interface ServerTimeouts {
  /** Maximum time for a request and its headers to arrive. Default: 30 s. */
  requestMs: number
  /** Interval of the check for slow requests. Default: 5 s. */
  checkEveryMs: number
}

// With tokens, one caller must not use all streams. Without tokens, this machine is the only caller.
const STREAMS_PER_REPLICA = 10_000
const STREAMS_PER_TOKEN = 1_000
/** A quarter of the usual memory limit of an API container. */
const UNREAD_BYTES = 64 * 1024 * 1024

const NO_DASHBOARD: Pick<DashboardFiles, 'state'> = {
  state: () => ({ status: 'absent', because: 'this server was started without one' }),
}
const TIMEOUTS: ServerTimeouts = { requestMs: 30_000, checkEveryMs: 5_000 }

/** Builds the HTTP service without listening. `close` stops it. The caller keeps ownership of `deps`. */
export async function buildApp(deps: ApiDeps, options: AppOptions = {}): Promise<App> {
  const tokens = options.tokens ?? []
  const isDraining = options.isDraining ?? (() => false)
  const metrics = options.metrics ?? createMetrics()
  const { links = {}, oidc, sessionTimes: times } = options
  const login = openLogin(deps, { tokens, links, oidc, times })
  const streams = openStreams(login, options.streams)
  const closing = new AbortController()
  const app = createServer(deps.log, createPrefixFinder(deps.log, links), options.timeouts)
  installRequestHandling(app, deps)
  // Parses cookies in its hook, so it must precede auth.
  await app.register(cookie)
  if (options.compat) acceptProxiedTokens(app)
  installAuth(app, { ...login, publicUrl: links.publicUrl })
  installSessionWatch(app, login.sessions)
  installDraining(app, { isDraining, closing: closing.signal })
  await installProtection(app, deps, { postsPerMinute: options.postsPerMinute ?? 300 })
  installIdempotency(app, openIdempotencyStore(deps.redis, deps.keys))
  installLinks(app)
  await installOpenApi(app, links)
  installMetrics(app, metrics, {
    streams: streams.count,
    queue: () => readQueueStatus(deps),
    accounts: () => readAccountGauges(deps),
    batches: () => countBatches(deps),
    dailyBudget: () => readDailyBudget(deps),
  })
  await installBoard(app, deps)
  addHealthRoutes(app, { ...deps, isDraining })
  await installDashboard(app, options.dashboard ?? NO_DASHBOARD, login)
  await addLoginFormRoute(app, {
    ...login,
    audit: deps.audit,
    isRedisReady: () => deps.redis.status === 'ready',
  })
  const { importBytes } = options
  const parts = { streams, metrics, login, closing: closing.signal, importBytes }
  await app.register(async (api: App) => apiRoutes(api, deps, parts), { prefix: '/api/v1' })
  addProblemRoutes(app)
  addAgentRoute(app, deps, options, closing.signal)
  if (options.compat) await installCompat(app, deps, closing.signal)
  closeUnusedConnections(app)
  app.addHook('preClose', async () => {
    closing.abort()
    await streams.closeAll()
  })
  await app.ready()
  return app
}

function addAgentRoute(app: App, deps: ApiDeps, options: AppOptions, closing: AbortSignal): void {
  const { links, agentBudgetUsd: budgetUsd } = options
  addMcpRoute(app, deps, { publicUrl: links?.publicUrl, closing, budgetUsd })
}

function openStreams({ methods }: Login, limits: AppOptions['streams']): StreamRegistry {
  return openStreamRegistry({
    perReplica: STREAMS_PER_REPLICA,
    perPrincipal: methods.length === 0 ? STREAMS_PER_REPLICA : STREAMS_PER_TOKEN,
    unreadBytes: UNREAD_BYTES,
    ...limits,
  })
}

/** Installs handlers that run for every request before authentication. */
function installRequestHandling(
  app: App,
  { redis, redisHealth }: Pick<ApiDeps, 'redis' | 'redisHealth'>,
): void {
  installErrors(app, {
    isRedisReady: () => redis.status === 'ready',
    redisMemory: () => redisHealth.last().memory,
  })
  installNotFound(app)
  installBodies(app)
  installUnreadBodies(app)
  installRequestId(app)
  installHostHeader(app)
}

interface ServerParts {
  streams: StreamRegistry
  metrics: ApiMetrics
  login: Login
  /** Fires when the server begins to close; waiting requests then return. */
  closing: AbortSignal
  importBytes: number | undefined
}

function apiRoutes(api: App, deps: ApiDeps, parts: ServerParts): void {
  const { streams, metrics, login, closing, importBytes } = parts
  rejectUnknownQuery(api)
  addStartScanRoute(api, deps, closing)
  addScanListRoute(api, deps)
  addScanRoute(api, deps, closing)
  addScanControlRoutes(api, deps)
  addScanResourceRoutes(api, deps)
  addScanDiffRoute(api, deps)
  addScanExportRoute(api, deps)
  addScanProgressRoute(api, deps)
  const channels = openScanChannels(deps)
  addScanEventRoute(api, { journal: deps.journal, channels, streams, onSent: metrics.eventsSent })
  addEventRoute(api, deps, { channels, streams, onSent: metrics.eventsSent })
  addResourceRoutes(api, deps)
  addCapabilitySearchRoutes(api, deps)
  addCapabilityReindexRoutes(api, deps)
  addCapabilityExportRoute(api, deps)
  addCapabilityImportRoute(api, deps, importBytes)
  addCapabilityListRoutes(api, deps)
  addRemovedCapabilityRoutes(api, deps)
  addCapabilityRoutes(api, deps)
  addScheduleRoutes(api, deps)
  addWebhookRoutes(api, deps)
  addCapabilityOverrideRoutes(api, deps)
  addQueueRoutes(api, deps)
  addNetworkRoute(api, deps)
  addLoginRoutes(api, deps, login)
  addAuditRoute(api, deps)
  addProviderRoutes(api, deps, closing)
}

function addLoginRoutes(api: App, { audit, work, redis }: ApiDeps, login: Login): void {
  addSessionRoutes(api, { ...login, audit })
  addSessionListRoutes(api, { ...login, audit })
  const { oidc } = login
  if (!oidc) return
  addOidcRoutes(api, { ...login, oidc, audit, work, isRedisReady: () => redis.status === 'ready' })
}

function createServer(log: FastifyBaseLogger, findPrefix: FindPrefix, timeouts = TIMEOUTS): App {
  /** First path segments of all routes. */
  const segments = new Set<string>()
  const app = Fastify({
    loggerInstance: log,
    // request-id.ts logs one line for each request; Fastify would log two.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: chooseRequestId,
    rewriteUrl: (request) => stripPrefix(request.url ?? '/', findPrefix(request), segments),
    requestIdHeader: false,
    bodyLimit: 256 * 1024,
    // Limits slow senders only. Responses may take as long as `Prefer: wait` allows; streams send pings.
    requestTimeout: timeouts.requestMs,
    connectionTimeout: 75_000,
    http: {
      headersTimeout: timeouts.requestMs,
      // A slow sender keeps its connection for at most this interval beyond the timeout.
      connectionsCheckingInterval: timeouts.checkEveryMs,
      // host-header.ts checks it and answers with a problem document.
      requireHostHeader: false,
    },
    // The handlers of this server answer requests that arrive during shutdown.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 520 },
    frameworkErrors: sendFrameworkProblem,
    clientErrorHandler: (error, socket) => sendBrokenRequestProblem(error, socket, findPrefix),
  }).withTypeProvider<ZodTypeProvider>()
  app.addHook('onRoute', ({ url }) => void segments.add(url.split('/', 2)[1] ?? ''))
  app.decorate('findPrefix', findPrefix)
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(serializerCompiler)
  return app
}
