import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'
import { MAX_QUEUE_EVENTS } from './infer-queue.ts'
import { PAUSE_MARK } from './route-guard.ts'

const scripts = {
  pause: defineLuaScript(new URL('./lua/pause-route.lua', import.meta.url)),
  resume: defineLuaScript(new URL('./lua/resume-route.lua', import.meta.url)),
}

/** Why no worker starts a job of a route's queue. */
export const RoutePause = z.object({
  /** Whose limits it is about; null when the account is not known. */
  account: z.string().nullable(),
  model: z.string(),
  /** In the words of the provider where it gave any. */
  because: z.string(),
  untilMs: z.int(),
})
export type RoutePause = z.infer<typeof RoutePause>

/** Events that these scripts append to BullMQ's event stream of the queue. */
export const ROUTE_EVENTS = { paused: 'route-paused', resumed: 'route-resumed' } as const

/**
 * Lets no worker start a job of a route's queue for `forMs`; a longer pause stays. BullMQ obeys it because every route's
 * queue has a global rate limit. Returns the milliseconds for which the queue is paused now.
 */
export async function pauseRoute(
  redis: Redis,
  keys: RedisKeys,
  { queue, forMs, ...cause }: { queue: string; forMs: number } & Omit<RoutePause, 'untilMs'>,
): Promise<number> {
  const ms = Math.max(1, Math.ceil(forMs))
  const args = [ms, PAUSE_MARK, JSON.stringify(cause), MAX_QUEUE_EVENTS]
  return z.int().parse(await scripts.pause.run(redis, pauseKeys(keys, queue), args))
}

/** Ends the pause of a route's queue; workers notice within two seconds. False: it was not paused. */
export async function resumeRoute(redis: Redis, keys: RedisKeys, queue: string): Promise<boolean> {
  const args = [PAUSE_MARK, MAX_QUEUE_EVENTS]
  return (await scripts.resume.run(redis, pauseKeys(keys, queue), args)) !== ''
}

/** The pauses of these queues, in their order; null for a queue that is not paused. */
export async function readRoutePauses(
  redis: Redis,
  keys: RedisKeys,
  queues: string[],
): Promise<(RoutePause | null)[]> {
  if (queues.length === 0) return []
  const texts = await redis.mget(queues.map((queue) => keys.routePause(queue)))
  return texts.map((text) => (text === null ? null : RoutePause.parse(JSON.parse(text))))
}

function pauseKeys(keys: RedisKeys, queue: string): string[] {
  const own = (type: string): string => `${keys.bullPrefix}:${queue}:${type}`
  return [own('limiter'), keys.routePause(queue), own('events')]
}
