import { Writable } from 'node:stream'
import type { AddressInfo } from 'node:net'
import type { Redis } from 'ioredis'
import { openOverrideStore } from '@capstan/catalog/override/override-store'
import { withOverrides } from '@capstan/catalog/override/with-overrides'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { openDefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import { createLog } from '@capstan/shared/log'
import { openJournal } from '@capstan/scan-store/journal/journal'
import type { InferQueue } from '@capstan/scan-store/queue/infer-queue'
import { openPlanQueue } from '@capstan/scan-store/queue/plan-queue'
import { openRouteQueues } from '@capstan/scan-store/queue/route-queues'
import { openScheduleQueue } from '@capstan/scan-store/queue/schedule-queue'
import { openWebhookQueue } from '@capstan/scan-store/queue/webhook-queue'
import { openRouteRegistry } from '@capstan/scan-store/routes/route-registry'
import { connectRedis, type ConnectionKind } from '@capstan/redis/connect'
import { watchRedisHealth } from '@capstan/redis/redis-health'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { testRedis, type TestRedis } from '@capstan/testkit/redis'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import type { App } from '../../src/app-types.ts'
import { openAuditLog } from '../../src/audit/audit-log.ts'
import { buildApp, type AppOptions } from '../../src/app.ts'
import type { ApiDeps } from '../../src/deps.ts'
import { createForecast } from '../../src/providers/forecast.ts'
import { openEventHub } from '../../src/events/event-hub.ts'
import { openRouteEvents } from '../../src/events/route-events.ts'
import { openWorkLimits } from '../../src/http/work-limits.ts'
import { readRouteBounds } from '../../src/queue/read-route-bounds.ts'
import { readWebhookSettings } from '../../src/webhooks/webhook-settings.ts'
import { startPlanner } from '../../src/plan/planner.ts'

export interface RigOptions extends AppOptions {
  redis?: TestRedis
  clusters?: ApiDeps['clusters']
  defaults?: ApiDeps['defaults']
  embeddings?: ApiDeps['embeddings']
  /** Default: no type has a curated answer. */
  curatedAnswers?: ApiDeps['curatedAnswers']
  bounds?: { maxLive: number; maxPerToken: number }
  /** Adds the forecast to scans: missing workers, blocked providers and the ETA. */
  forecast?: boolean
  /** Port to listen on. Default: a free port. */
  port?: number
  /** Settings of webhooks. Default: none, so webhooks are off. */
  webhooks?: Parameters<typeof readWebhookSettings>[0]
  /** Whether the API consumes the plan queue. */
  planner?: boolean
}

/** An API over a real Redis on a free port. It closes at the end of the test. */
export interface ApiRig {
  url: string
  app: App
  deps: ApiDeps
  redis: TestRedis
  /** Queue of the demo route. */
  queue: InferQueue
  /** All log output. */
  logged(): string
  /** Sends a request: POST with a body, else GET. */
  ask(path: string, init?: RequestInit & { json?: unknown }): Promise<Response>
  close(): Promise<void>
}

export async function startRig(options: RigOptions = {}): Promise<ApiRig> {
  const redis = options.redis ?? testRedis()
  const connections: Redis[] = []
  const connect = (kind: ConnectionKind): Redis => {
    const connection = connectRedis(redis.url, kind, () => undefined)
    connections.push(connection)
    return connection
  }
  const { log, logged } = memoryLog()
  const commands = connect('command')
  // A BullMQ queue that is opened on a connection that is not ready never works.
  await ready(commands)
  const opened = {
    commands,
    blocking: connect('blocking'),
    subscriber: connect('subscriber'),
  }
  const deps = openDeps(redis, opened, options, log)
  const app = await buildApp(deps, options)
  const planner = options.planner ? startPlanner(deps, connect('worker')) : undefined
  await app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  const { port } = app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  let closed = false
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await app.close()
    deps.redisHealth.stop()
    await planner?.close()
    await deps.hub.close()
    const { queues, planQueue, scheduleQueue, webhookQueue } = deps
    await Promise.all([queues, planQueue, scheduleQueue, webhookQueue].map((one) => one.close()))
    for (const connection of connections) connection.disconnect()
  }
  onTestFinished(close)
  const queue = deps.queues.get({ provider: 'demo', model: 'demo-rules' })
  return { url, app, deps, redis, queue, logged, ask: asker(url), close }
}

function openDeps(
  { keys }: TestRedis,
  { commands: redis, blocking, subscriber }: Record<'commands' | 'blocking' | 'subscriber', Redis>,
  options: RigOptions,
  log: ApiDeps['log'],
): ApiDeps {
  const planQueue = openPlanQueue(redis, keys)
  const scheduleQueue = openScheduleQueue(redis, keys)
  const webhookQueue = openWebhookQueue(redis, keys)
  for (const one of [planQueue, scheduleQueue, webhookQueue]) one.on('error', () => undefined)
  const defaults = options.defaults ?? { provider: 'demo' }
  const bounds = options.bounds ?? { maxLive: 32, maxPerToken: 8 }
  const limiter = openLimiter({ redis, keys, limitsFor: () => NO_LIMITS })
  return {
    redis,
    subscriber,
    redisHealth: watchRedisHealth({ redis, keys, log }),
    keys,
    queues: openRouteQueues(redis, keys),
    routes: openRouteRegistry(redis, keys),
    routeEvents: openRouteEvents(),
    planQueue,
    scheduleQueue,
    webhookQueue,
    webhookSettings: readWebhookSettings(options.webhooks ?? {}),
    log,
    journal: openJournal(redis, keys, {
      readForecast: options.forecast ? createForecast({ redis, keys, limiter }) : undefined,
      routeBounds: () => readRouteBounds({ redis, keys, defaults }, bounds),
    }),
    catalog: withOverrides(openRedisCatalog(redis, keys), openOverrideStore(redis, keys)),
    definitions: openDefinitionStore(redis, keys),
    results: openResultCache(redis, keys),
    curatedAnswers: options.curatedAnswers ?? { version: 'none', find: () => undefined },
    clusters: options.clusters ?? NO_CLUSTER,
    hub: openEventHub({ redis, blocking, keys, log }),
    limiter,
    work: openWorkLimits(),
    audit: openAuditLog({ redis, keys, log }),
    defaults,
    embeddings: options.embeddings,
  }
}

const NO_LIMITS = { perMinute: {}, cachedTokensCount: false, concurrency: { start: 10, max: 10 } }

const NO_CLUSTER: ApiDeps['clusters'] = { names: [], find: () => undefined }

async function ready(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return
  await new Promise<void>((resolve) => redis.once('ready', resolve))
}

function memoryLog() {
  let text = ''
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString()
      done()
    },
  })
  return { log: createLog('api', 'trace', sink), logged: () => text }
}

function asker(url: string): ApiRig['ask'] {
  return (path, { json, ...init } = {}) =>
    fetch(`${url}${path}`, {
      redirect: 'manual',
      ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
      ...init,
      headers: {
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(init.headers as Record<string, string> | undefined),
      },
    })
}
