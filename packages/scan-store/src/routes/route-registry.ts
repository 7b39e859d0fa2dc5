import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { readActiveScans } from './active-scan.ts'
import type { Route } from './route.ts'

/** A live route, to which jobs may be added, or a closed route that still holds finished jobs. */
export interface RegisteredRoute extends Route {
  /** Name of its queue. */
  queue: string
}

export interface ClosedRoute extends RegisteredRoute {
  closedAtMs: number
}

/** Bounds on the routes that may be announced. */
export interface RouteBounds {
  /** Maximum number of live routes of the installation. */
  maxLive: number
  /** Maximum number of routes that the unfinished scans of one token use. */
  maxPerToken: number
  /** Queue names that no bound refuses: the routes of configured default models. */
  always: string[]
}

/** For processes that open no scans. */
export const NO_ROUTE_BOUNDS: RouteBounds = {
  maxLive: Number.MAX_SAFE_INTEGER,
  maxPerToken: Number.MAX_SAFE_INTEGER,
  always: [],
}

/** The routes in Redis. The journal announces a route together with its scan (lua/announce.lua). */
export interface RouteRegistry {
  live(): Promise<RegisteredRoute[]>
  /** Closed routes whose queues have not been removed yet. */
  closed(): Promise<ClosedRoute[]>
  /** Tests whether closeIfIdle would close the route now. */
  isIdle(queue: string): Promise<boolean>
  /** Closes a route without unfinished jobs and without a scan that is discovering, queued or running. False: it is in use. */
  closeIfIdle(queue: string): Promise<boolean>
  /** Removes the keys of a closed route whose queue holds no job. False: it holds jobs or is live again. */
  removeIfEmpty(queue: string): Promise<boolean>
}

const scripts = {
  close: defineLuaScript(new URL('./lua/close-route.lua', import.meta.url)),
  remove: defineLuaScript(new URL('./lua/remove-route.lua', import.meta.url)),
}

const StoredRoute = z.object({ provider: Provider, model: z.string() })
const StoredClosedRoute = StoredRoute.extend({ closedAtMs: z.number() })
const CloseReply = z.enum(['closed', 'busy', 'unknown', 'again'])

/** BullMQ's keys of a queue that are not jobs or lists of jobs. */
const QUEUE_KEYS = ['id', 'meta', 'events', 'limiter', 'marker', 'pc', 'stalled', 'stalled-check']

/** Opens the registry. Redis errors pass through. The caller owns the connection. */
export function openRouteRegistry(redis: Redis, keys: RedisKeys): RouteRegistry {
  const toKeys = (queue: string, types: string[]): string[] =>
    types.map((type) => `${keys.bullPrefix}:${queue}:${type}`)
  const read = async <Stored>(
    key: string,
    stored: z.ZodType<Stored>,
  ): Promise<(Stored & { queue: string })[]> =>
    Object.entries(await redis.hgetall(key)).map(([queue, text]) => ({
      queue,
      ...stored.parse(JSON.parse(text)),
    }))
  const tryToClose = async (
    queue: string,
    action: 'close' | 'check',
  ): Promise<z.infer<typeof CloseReply>> => {
    const active = await readActiveScans(redis, keys)
    const own = [...active].filter(([, scan]) => scan.queue === queue).map(([id]) => id)
    const names = [
      keys.routes,
      keys.closedRoutes,
      keys.activeScans,
      ...toKeys(queue, ['wait', 'active', 'delayed', 'prioritized']),
      ...own.map((id) => keys.scan(id)),
    ]
    return CloseReply.parse(await scripts.close.run(redis, names, [queue, action, ...own]))
  }
  return {
    live: () => read(keys.routes, StoredRoute),
    closed: () => read(keys.closedRoutes, StoredClosedRoute),
    isIdle: async (queue) => (await tryToClose(queue, 'check')) === 'closed',
    closeIfIdle: async (queue) => {
      let reply = await tryToClose(queue, 'close')
      while (reply === 'again') reply = await tryToClose(queue, 'close')
      return reply === 'closed'
    },
    removeIfEmpty: async (queue) => {
      const names = [
        keys.routes,
        keys.closedRoutes,
        ...toKeys(queue, ['wait', 'active', 'delayed', 'prioritized', 'completed', 'failed']),
        ...toKeys(queue, QUEUE_KEYS),
        keys.virtualTime(queue),
        keys.routePause(queue),
        keys.queueEventsCursor(queue),
      ]
      return (await scripts.remove.run(redis, names, [queue])) === 'removed'
    },
  }
}
