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

/** The rate-limit pause of a route's queue. */
export const RoutePause = z.object({
  /** The account whose limit caused the pause; null when unknown. */
  account: z.string().nullable(),
  model: z.string(),
  /** Reason, quoted from the provider if it sent one. */
  because: z.string(),
  untilMs: z.int(),
})
export type RoutePause = z.infer<typeof RoutePause>

/** Names of the events that these scripts append to BullMQ's event stream. */
export const ROUTE_EVENTS = { paused: 'route-paused', resumed: 'route-resumed' } as const

/**
 * Pauses the queue of a route for `forMs`. A longer pause stays in force. BullMQ respects it because every route's queue has a
 * global rate limit. Returns the remaining milliseconds of the pause in force.
 */
export async function pauseRoute(
  redis: Redis,
  keys: RedisKeys,
  { queue, forMs, ...cause }: { queue: string; forMs: number } & Omit<RoutePause, 'untilMs'>,
): Promise<number> {
  const ms = Math.max(1, Math.ceil(forMs))
  const args = [ms, PAUSE_MARK, JSON.stringify(cause), MAX_QUEUE_EVENTS]
  return z.int().parse(await scripts.pause.run(redis, listPauseKeys(keys, queue), args))
}

/** Ends the pause of a route's queue. Workers continue within two seconds. False: the queue was not paused. */
export async function resumeRoute(redis: Redis, keys: RedisKeys, queue: string): Promise<boolean> {
  const args = [PAUSE_MARK, MAX_QUEUE_EVENTS]
  return (await scripts.resume.run(redis, listPauseKeys(keys, queue), args)) !== ''
}

/** Reads the pauses of these queues, in their order; null for a queue that is not paused. */
export async function readRoutePauses(
  redis: Redis,
  keys: RedisKeys,
  queues: string[],
): Promise<(RoutePause | null)[]> {
  if (queues.length === 0) return []
  const texts = await redis.mget(queues.map((queue) => keys.routePause(queue)))
  return texts.map((text) => (text === null ? null : RoutePause.parse(JSON.parse(text))))
}

function listPauseKeys(keys: RedisKeys, queue: string): string[] {
  const own = (type: string): string => `${keys.bullPrefix}:${queue}:${type}`
  return [own('limiter'), keys.routePause(queue), own('events')]
}
