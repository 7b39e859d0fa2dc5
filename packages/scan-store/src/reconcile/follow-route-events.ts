import { sleep } from '@capstan/shared/async/sleep'
import { QueueEvents } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Journal } from '../journal/types.ts'
import type { Log } from '@capstan/shared/log'
import { RoutePause, ROUTE_EVENTS } from '../queue/pause-route.ts'
import type { RouteQueues } from '../queue/route-queues.ts'
import type { RedisKeys } from '@capstan/redis/keys'
import { readActiveScans } from '../routes/active-scan.ts'
import { openJobCollector, type JobCollector } from './collect-jobs.ts'
import { endLostJobs, findRunningItems } from './end-lost-jobs.ts'

/** What BullMQ's events of a route say that no journal holds. */
export type RouteEvent =
  | { type: 'stalled'; queue: string; scanId: string; resource: string }
  | { type: 'paused'; queue: string; pause: RoutePause | null }
  | { type: 'resumed'; queue: string }

export interface RouteEventsDeps {
  /** Stays the caller's. */
  redis: Redis
  /** Opens a connection for blocking reads; one for each route that is followed. */
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

const LOOK_MS = 1_000
/** Must stay under the socket timeout of connect.ts. */
const BLOCK_MS = 5_000

/**
 * Follows BullMQ's events of each route that has an unfinished scan, with QueueEvents. Ends items whose job failed for good
 * while their worker could not record it (stall limit), and passes on what concerns readers. Goes on where the last process
 * stopped; events seen twice have no effect, so several processes may follow. The reconciler ends lost items without it.
 */
export function subscribeToRouteEvents(deps: RouteEventsDeps): RouteEventsSubscription {
  const followed = new Map<string, FollowedRoute>()
  const stopping = new AbortController()
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await followActiveRoutes(deps, followed)
      } catch (error) {
        if (!stopping.signal.aborted)
          deps.log.warn({ err: error }, 'the events of routes cannot be followed now')
      }
      await sleep(LOOK_MS, { signal: stopping.signal, ref: false })
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
      await Promise.all([...followed.values()].map((route) => route.stop()))
    },
  }
}

/** Opens and closes readers, so that there is one for each route with an unfinished scan. */
async function followActiveRoutes(
  deps: RouteEventsDeps,
  followed: Map<string, FollowedRoute>,
): Promise<void> {
  const active = await readActiveScans(deps.redis, deps.keys)
  const wanted = new Set([...active.values()].map(({ queue }) => queue))
  for (const [queue, route] of followed) {
    if (wanted.has(queue)) {
      await route.remember()
      continue
    }
    followed.delete(queue)
    await route.stop()
  }
  for (const queue of wanted) {
    if (!followed.has(queue)) followed.set(queue, await followRoute(deps, queue))
  }
}

interface FollowedRoute {
  /** Stores up to which event everything was handled. */
  remember(): Promise<void>
  stop(): Promise<void>
}

async function followRoute(deps: RouteEventsDeps, queue: string): Promise<FollowedRoute> {
  const { redis, keys, log } = deps
  const cursor = keys.queueEventsCursor(queue)
  // Not `$`: what happens between start and the first read would be lost (40 of 40 in a measurement).
  const after = (await redis.get(cursor)) ?? '0-0'
  const position = { seen: after, stored: after }
  const connection = deps.connect()
  const events = new QueueEvents(queue, {
    connection,
    prefix: keys.bullPrefix,
    lastEventId: after,
    blockingTimeout: BLOCK_MS,
  })
  const failed = openJobCollector((jobIds) => endLostJobs(deps, queue, jobIds))
  listen(deps, { queue, events, failed }, (id) => (position.seen = id))
  events.on('error', (error) => log.warn({ err: error, queue }, 'reading events of a route failed'))
  const remember = async (): Promise<void> => {
    const { seen } = position
    if (seen === position.stored) return
    await redis.set(cursor, seen)
    position.stored = seen
  }
  return {
    remember,
    stop: async () => {
      await events.close()
      connection.disconnect()
      await failed.stop()
      // Lost, the next reader handles some events twice.
      await remember().catch(() => undefined)
    },
  }
}

interface Listening {
  queue: string
  events: QueueEvents
  failed: JobCollector
}

type Listen = (name: string, listener: (fields: Record<string, string>, id: string) => void) => void

function listen(
  deps: RouteEventsDeps,
  { queue, events, failed }: Listening,
  onSeen: (id: string) => void,
): void {
  const tell = deps.onEvent ?? ((): void => undefined)
  // Our own events have names that the library's types do not know.
  const on: Listen = (name, listener) =>
    (events as { on: Listen }).on(name, (fields, id) => {
      onSeen(id)
      listener(fields, id)
    })
  on('completed', () => undefined)
  on('failed', ({ jobId }) => failed.add(jobId ?? ''))
  on('stalled', ({ jobId }) => void tellStalled(deps, queue, jobId ?? ''))
  on('paused', () => tell({ type: 'paused', queue, pause: null }))
  on('resumed', () => tell({ type: 'resumed', queue }))
  on(ROUTE_EVENTS.paused, ({ pause }) => {
    const parsed = RoutePause.safeParse(JSON.parse(pause ?? 'null'))
    tell({ type: 'paused', queue, pause: parsed.data ?? null })
  })
  on(ROUTE_EVENTS.resumed, () => tell({ type: 'resumed', queue }))
}

/** A job id does not name its type, but a stalled job is one of a running item. */
async function tellStalled(deps: RouteEventsDeps, queue: string, jobId: string): Promise<void> {
  if (!deps.onEvent) return
  try {
    const [item] = await findRunningItems(deps.journal, [jobId])
    if (item) deps.onEvent({ type: 'stalled', queue, ...item })
  } catch (error) {
    deps.log.debug({ err: error, jobId }, 'a stalled job could not be named')
  }
}
