import { sleep } from '@capstan/shared/async/sleep'
import { QueueEvents } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Journal } from '../journal/types.ts'
import type { Log } from '@capstan/shared/log'
import { RoutePause, ROUTE_EVENTS } from '../queue/pause-route.ts'
import type { RouteQueues } from '../queue/route-queues.ts'
import type { RedisKeys } from '@capstan/redis/keys'
import { readActiveScans } from '../routes/active-scan.ts'
import { openJobCollector, type JobCollector } from './job-collector.ts'
import { endLostJobs, findRunningItems } from './end-lost-jobs.ts'

/** Events of the BullMQ queue of a route (provider and model). The journal of a scan does not contain them. */
export type RouteEvent =
  | { type: 'stalled'; queue: string; scanId: string; resource: string }
  | { type: 'paused'; queue: string; pause: RoutePause | null }
  | { type: 'resumed'; queue: string }

export interface RouteEventsDeps {
  /** Owned by the caller. */
  redis: Redis
  /** Opens a connection for blocking reads, one per route. */
  connect: () => Redis
  keys: RedisKeys
  queues: Pick<RouteQueues, 'getByName'>
  journal: Pick<Journal, 'running' | 'abandon'>
  log: Log
  onEvent?: (event: RouteEvent) => void
}

export interface RouteEventsSubscription {
  stop(): Promise<void>
}

const REFRESH_MS = 1_000
/** Must be less than the socket timeout in connect.ts. */
const BLOCK_MS = 5_000

/**
 * Subscribes to the queue events of each route with an unfinished scan. If a job failed permanently and no worker recorded it (it
 * stalled too often), its item is failed. The other events are passed to `onEvent`. Continues after the stored cursor. Repeated
 * events have no effect, so several processes may subscribe. The reconciler also fails items whose job is lost.
 */
export function subscribeToRouteEvents(deps: RouteEventsDeps): RouteEventsSubscription {
  const subscriptions = new Map<string, RouteSubscription>()
  const stopping = new AbortController()
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await refreshSubscriptions(deps, subscriptions)
      } catch (error) {
        if (!stopping.signal.aborted)
          deps.log.warn({ err: error }, 'could not subscribe to the events of routes; will retry')
      }
      await sleep(REFRESH_MS, { signal: stopping.signal, ref: false })
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
      await Promise.all([...subscriptions.values()].map((route) => route.stop()))
    },
  }
}

/** Opens and closes subscriptions, so that there is one for each route with an unfinished scan. */
async function refreshSubscriptions(
  deps: RouteEventsDeps,
  subscriptions: Map<string, RouteSubscription>,
): Promise<void> {
  const active = await readActiveScans(deps.redis, deps.keys)
  const wanted = new Set([...active.values()].map(({ queue }) => queue))
  for (const [queue, route] of subscriptions) {
    if (wanted.has(queue)) {
      await route.storeCursor()
      continue
    }
    subscriptions.delete(queue)
    await route.stop()
  }
  for (const queue of wanted) {
    if (!subscriptions.has(queue)) subscriptions.set(queue, await subscribeToRoute(deps, queue))
  }
}

interface RouteSubscription {
  /** Stores the id of the last handled event. */
  storeCursor(): Promise<void>
  stop(): Promise<void>
}

async function subscribeToRoute(deps: RouteEventsDeps, queue: string): Promise<RouteSubscription> {
  const { redis, keys, log } = deps
  const cursor = keys.queueEventsCursor(queue)
  // Not `$` (only new events): the events between the start and the first read would be lost, 40 of 40 in a measurement.
  const after = (await redis.get(cursor)) ?? '0-0'
  const position = { seen: after, stored: after }
  const connection = deps.connect()
  const events = new QueueEvents(queue, {
    connection,
    prefix: keys.bullPrefix,
    lastEventId: after,
    blockingTimeout: BLOCK_MS,
  })
  const failedJobs = openJobCollector((jobIds) => endLostJobs(deps, queue, jobIds))
  listen(deps, { queue, events, failedJobs }, (id) => (position.seen = id))
  events.on('error', (error) =>
    log.warn({ err: error, queue }, 'could not read the events of a route'),
  )
  const storeCursor = async (): Promise<void> => {
    const { seen } = position
    if (seen === position.stored) return
    await redis.set(cursor, seen)
    position.stored = seen
  }
  return {
    storeCursor,
    stop: async () => {
      await events.close()
      connection.disconnect()
      await failedJobs.stop()
      // Without the stored cursor the next subscriber handles some events twice.
      await storeCursor().catch(() => undefined)
    },
  }
}

interface RouteListeners {
  queue: string
  events: QueueEvents
  failedJobs: JobCollector
}

type Listen = (name: string, listener: (fields: Record<string, string>, id: string) => void) => void

function listen(
  deps: RouteEventsDeps,
  { queue, events, failedJobs }: RouteListeners,
  onSeen: (id: string) => void,
): void {
  const emit = deps.onEvent ?? ((): void => undefined)
  const on: Listen = (name, listener) =>
    // oxlint-disable-next-line typescript/consistent-type-assertions -- the types of BullMQ lack the names of Capstan's own events
    (events as { on: Listen }).on(name, (fields, id) => {
      onSeen(id)
      listener(fields, id)
    })
  on('completed', () => undefined)
  on('failed', ({ jobId }) => failedJobs.add(jobId ?? ''))
  on('stalled', ({ jobId }) => void emitStalled(deps, queue, jobId ?? ''))
  on('paused', () => emit({ type: 'paused', queue, pause: null }))
  on('resumed', () => emit({ type: 'resumed', queue }))
  on(ROUTE_EVENTS.paused, ({ pause }) => {
    const parsed = RoutePause.safeParse(JSON.parse(pause ?? 'null'))
    emit({ type: 'paused', queue, pause: parsed.data ?? null })
  })
  on(ROUTE_EVENTS.resumed, () => emit({ type: 'resumed', queue }))
}

/** A job id holds a hash of the resource. A stalled job belongs to a running item, so the running items are searched. */
async function emitStalled(deps: RouteEventsDeps, queue: string, jobId: string): Promise<void> {
  if (!deps.onEvent) return
  try {
    const [item] = await findRunningItems(deps.journal, [jobId])
    if (item) deps.onEvent({ type: 'stalled', queue, ...item })
  } catch (error) {
    deps.log.debug({ err: error, jobId }, 'could not find the item of a stalled job')
  }
}
