import Fastify, { LogController, type FastifyBaseLogger } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { App } from './app-types.ts'
import { acceptProxiedTokens } from './compat/proxied-token.ts'
import { installCompat } from './compat/install-compat.ts'
import type { ApiDeps } from './deps.ts'
import { openStreams, type OpenStreams, type StreamLimits } from './events/stream-registry.ts'
import { batchCounts } from './providers/count-batches.ts'
import { accountGauges } from './providers/list-providers.ts'
import { today } from './providers/read-daily-budget.ts'
import { openScanChannels } from './events/scan-channels.ts'
import { openIdempotencyStore } from './idempotency/idempotency-store.ts'
import { openPrefixFinder, type FindPrefix, type LinkSettings } from './links/find-prefix.ts'
import { stripPrefix } from './links/strip-prefix.ts'
import { installAuth } from './plugins/auth.ts'
import { installBoard } from './plugins/board.ts'
import { installDraining } from './plugins/draining.ts'
import { installErrors } from './plugins/errors.ts'
import { installIdempotency } from './plugins/idempotency.ts'
import { refuseUnknownQuery } from './plugins/reject-unknown-query.ts'
import { installLinks } from './plugins/links.ts'
import { createMetrics, installMetrics, type ApiMetrics } from './plugins/metrics.ts'
import { installNotFound } from './plugins/not-found.ts'
import { installOpenApi } from './plugins/openapi.ts'
import { installProtection } from './plugins/protection.ts'
import { installRequestId, requestId } from './plugins/request-id.ts'
import { endSilentConnections } from './plugins/unused-connections.ts'
import type { TokenEntry } from './plugins/tokens.ts'
import { answerBrokenRequest, problemOfFramework } from './plugins/broken-request.ts'
import { installBodies } from './plugins/bodies.ts'
import { installHostHeader } from './plugins/host-header.ts'
import { installUnreadBodies } from './plugins/unread-bodies.ts'
import { queueStatus } from './queue/read-queue-status.ts'
import { capabilityExportRoutes } from './routes/capability-export.ts'
import { capabilityImportRoutes } from './routes/capability-import.ts'
import { capabilityListRoutes } from './routes/capability-lists.ts'
import { capabilityOverrideRoutes } from './routes/capability-override.ts'
import { capabilityRoutes } from './routes/capability.ts'
import { capabilityReindexRoutes } from './routes/capability-reindex.ts'
import { capabilitySearchRoutes } from './routes/capability-search.ts'
import { healthRoutes } from './routes/health.ts'
import { networkRoutes } from './routes/network.ts'
import { problemRoutes } from './routes/problems.ts'
import { providerRoutes } from './routes/providers.ts'
import { queueRoutes } from './routes/queue.ts'
import { removedCapabilityRoutes } from './routes/removed-capabilities.ts'
import { resourceRoutes } from './routes/resources.ts'
import { scanControlRoutes } from './routes/scan-control.ts'
import { scanDiffRoute } from './routes/scan-diff.ts'
import { scanEventRoutes } from './routes/scan-events.ts'
import { scanResourceRoutes } from './routes/scan-resources.ts'
import { listScansRoute, readScanRoute } from './routes/scans.ts'
import { scheduleRoutes } from './routes/schedules.ts'
import { startScanRoute } from './routes/start-scan.ts'
import { compileValidator } from './validation/invalid-request.ts'

export interface AppOptions {
  /** Empty: no token is needed and only loopback names are answered. */
  tokens?: TokenEntry[]
  metrics?: ApiMetrics
  isDraining?: () => boolean
  postsPerMinute?: number
  streams?: Partial<StreamLimits>
  /** Of the largest import. Default 64 MiB. */
  importBytes?: number
  /** The system whose interface is spoken as well. */
  compat?: 'dot-ai' | undefined
  /** What the path before each link is made of. Default: links begin at the root. */
  links?: LinkSettings
  timeouts?: ServerTimeouts
}

export interface ServerTimeouts {
  /** How long a request, its headers included, may take to arrive. Default 30 s. */
  requestMs: number
  /** How often connections are checked for it. Default 5 s. */
  checkEveryMs: number
}

// With tokens one caller must not take all; without, this machine is the only caller.
const STREAMS_PER_REPLICA = 10_000
const STREAMS_PER_TOKEN = 1_000
/** A quarter of the memory that a container of the API usually has. */
const UNREAD_BYTES = 64 * 1024 * 1024

const TIMEOUTS: ServerTimeouts = { requestMs: 30_000, checkEveryMs: 5_000 }

/** The whole HTTP service over given parts, not listening. `close` ends it; the parts stay the caller's. */
export async function buildApp(deps: ApiDeps, options: AppOptions = {}): Promise<App> {
  const tokens = options.tokens ?? []
  const isDraining = options.isDraining ?? (() => false)
  const metrics = options.metrics ?? createMetrics()
  const streams = openStreams({
    perReplica: STREAMS_PER_REPLICA,
    perPrincipal: tokens.length === 0 ? STREAMS_PER_REPLICA : STREAMS_PER_TOKEN,
    unreadBytes: UNREAD_BYTES,
    ...options.streams,
  })
  const closing = new AbortController()
  const app = createServer(deps.log, openPrefixFinder(deps.log, options.links), options.timeouts)
  installRequestHandling(app, deps)
  if (options.compat) acceptProxiedTokens(app)
  installAuth(app, tokens, options.links)
  installDraining(app, { isDraining, closing: closing.signal })
  await installProtection(app, deps, { postsPerMinute: options.postsPerMinute ?? 300 })
  installIdempotency(app, openIdempotencyStore(deps.redis, deps.keys))
  installLinks(app)
  await installOpenApi(app, options.links)
  installMetrics(app, metrics, {
    streams: streams.count,
    queue: () => queueStatus(deps),
    accounts: () => accountGauges(deps),
    batches: () => batchCounts(deps),
    today: () => today(deps),
  })
  await installBoard(app, deps)
  healthRoutes(app, { ...deps, isDraining })
  app.get('/', { config: { access: 'read', browser: true }, schema: { hide: true } }, (_, reply) =>
    reply.redirect('/docs'),
  )
  const parts = { streams, metrics, closing: closing.signal, importBytes: options.importBytes }
  await app.register(async (api: App) => apiRoutes(api, deps, parts), { prefix: '/api/v1' })
  problemRoutes(app)
  if (options.compat) await installCompat(app, deps, closing.signal)
  endSilentConnections(app)
  app.addHook('preClose', async () => {
    closing.abort()
    await streams.closeAll()
  })
  await app.ready()
  return app
}

/** Handling that applies to every request, before authentication. */
function installRequestHandling(
  app: App,
  { redis, redisHealth }: Pick<ApiDeps, 'redis' | 'redisHealth'>,
): void {
  installErrors(app, {
    redisReady: () => redis.status === 'ready',
    redisMemory: () => redisHealth.last().memory,
  })
  installNotFound(app)
  installBodies(app)
  installUnreadBodies(app)
  installRequestId(app)
  installHostHeader(app)
}

interface ServerParts {
  streams: OpenStreams
  metrics: ApiMetrics
  /** Fires when the server begins to close: nobody should wait any longer. */
  closing: AbortSignal
  importBytes: number | undefined
}

function apiRoutes(api: App, deps: ApiDeps, parts: ServerParts): void {
  const { streams, metrics, closing, importBytes } = parts
  refuseUnknownQuery(api)
  startScanRoute(api, deps, closing)
  listScansRoute(api, deps)
  readScanRoute(api, deps, closing)
  scanControlRoutes(api, deps)
  scanResourceRoutes(api, deps)
  scanDiffRoute(api, deps)
  scanEventRoutes(api, {
    journal: deps.journal,
    channels: openScanChannels(deps),
    streams,
    onSent: metrics.eventsSent,
  })
  resourceRoutes(api, deps)
  capabilitySearchRoutes(api, deps)
  capabilityReindexRoutes(api, deps)
  capabilityExportRoutes(api, deps)
  capabilityImportRoutes(api, deps, importBytes)
  capabilityListRoutes(api, deps)
  removedCapabilityRoutes(api, deps)
  capabilityRoutes(api, deps)
  scheduleRoutes(api, deps)
  capabilityOverrideRoutes(api, deps)
  queueRoutes(api, deps)
  networkRoutes(api, deps)
  providerRoutes(api, deps, closing)
}

function createServer(log: FastifyBaseLogger, findPrefix: FindPrefix, timeouts = TIMEOUTS): App {
  /** First segments of the paths of all routes. */
  const segments = new Set<string>()
  const app = Fastify({
    loggerInstance: log,
    // One line of ours a request instead of two, see request-id.ts.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    rewriteUrl: (request) => stripPrefix(request.url ?? '/', findPrefix(request), segments),
    requestIdHeader: false,
    bodyLimit: 256 * 1024,
    // Slow senders are cut; answers may take as long as Prefer: wait says, streams send a ping in time.
    requestTimeout: timeouts.requestMs,
    connectionTimeout: 75_000,
    http: {
      headersTimeout: timeouts.requestMs,
      // How long a sender that is too slow keeps its connection beyond its timeout.
      connectionsCheckingInterval: timeouts.checkEveryMs,
      // Checked by host-header.ts, whose answer is a problem document.
      requireHostHeader: false,
    },
    // While closing, requests on open connections still get an answer of ours.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 520 },
    frameworkErrors: problemOfFramework,
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, findPrefix),
  }).withTypeProvider<ZodTypeProvider>()
  app.addHook('onRoute', ({ url }) => void segments.add(url.split('/', 2)[1] ?? ''))
  app.decorate('findPrefix', findPrefix)
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(serializerCompiler)
  return app
}
