import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { readActiveScans } from './active-scan.ts'
import type { Route } from './route.ts'

/** A route that jobs may be added to, or one that was closed and still holds finished jobs. */
export interface RegisteredRoute extends Route {
  /** Name of its queue. */
  queue: string
}

export interface ClosedRoute extends RegisteredRoute {
  closedAtMs: number
}

/** Which routes may be announced. */
export interface RouteBounds {
  /** Most live routes of the installation. */
  maxLive: number
  /** Most routes that unfinished scans of one token use together. */
  maxPerToken: number
  /** Queue names that are admitted beyond both bounds: the routes of configured default models. */
  always: string[]
}

/** No bounds, for processes that open no scans. */
export const NO_ROUTE_BOUNDS: RouteBounds = {
  maxLive: Number.MAX_SAFE_INTEGER,
  maxPerToken: Number.MAX_SAFE_INTEGER,
  always: [],
}

/** The list of routes in Redis. Routes are announced by the journal (lua/announce.lua), together with their scans. */
export interface RouteRegistry {
  live(): Promise<RegisteredRoute[]>
  /** Closed routes whose queues have not been removed yet. */
  closed(): Promise<ClosedRoute[]>
  /** Whether closeIfIdle would close it now. */
  isIdle(queue: string): Promise<boolean>
  /** Closes a route without jobs to run and without a scan that is discovering, queued or running. False: it is in use. */
  closeIfIdle(queue: string): Promise<boolean>
  /** Removes the keys of a closed route whose queue holds no job any more. False: it holds jobs or is live again. */
  removeIfEmpty(queue: string): Promise<boolean>
}

const scripts = {
  close: defineLuaScript(new URL('./lua/close-route.lua', import.meta.url)),
  remove: defineLuaScript(new URL('./lua/remove-route.lua', import.meta.url)),
}

const StoredRoute = z.object({ provider: Provider, model: z.string() })
const StoredClosedRoute = StoredRoute.extend({ closedAtMs: z.number() })
const CloseReply = z.enum(['closed', 'busy', 'unknown', 'again'])

/** Keys that BullMQ keeps for a queue beside its jobs. */
const QUEUE_KEYS = ['id', 'meta', 'events', 'limiter', 'marker', 'pc', 'stalled', 'stalled-check']

/** Redis errors pass through. The connection stays the caller's. */
export function openRouteRegistry(redis: Redis, keys: RedisKeys): RouteRegistry {
  const queueKeys = (queue: string, types: string[]): string[] =>
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
      ...queueKeys(queue, ['wait', 'active', 'delayed', 'prioritized']),
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
        ...queueKeys(queue, ['wait', 'active', 'delayed', 'prioritized', 'completed', 'failed']),
        ...queueKeys(queue, QUEUE_KEYS),
        keys.virtualTime(queue),
        keys.routePause(queue),
        keys.queueEventsCursor(queue),
      ]
      return (await scripts.remove.run(redis, names, [queue])) === 'removed'
    },
  }
}
