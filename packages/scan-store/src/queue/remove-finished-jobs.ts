import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'

export const FINISHED_STATES = ['completed', 'failed'] as const
export type FinishedState = (typeof FINISHED_STATES)[number]

export interface FinishedJobs {
  /** Name of the queue. */
  queue: string
  state: FinishedState
  /** Removes only jobs that ended at this time (ms) or earlier. */
  untilMs: number
  /** Maximum number of jobs to remove. Default: all. */
  count?: number
}

/** Jobs per script call, which blocks Redis for at most 5 ms (measured on a busy machine). */
const CHUNK = 250

const script = defineLuaScript(new URL('./lua/remove-finished.lua', import.meta.url))

/**
 * Removes finished jobs of one queue with their logs, oldest first. Returns the number of removed jobs. A job that was added
 * again in between stays. Redis errors pass through; jobs removed before the error stay removed.
 */
export async function removeFinishedJobs(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  { queue, state, untilMs, count = Number.POSITIVE_INFINITY }: FinishedJobs,
): Promise<number> {
  const own = (name: string): string => `${keys.bullPrefix}:${queue}:${name}`
  let removed = 0
  while (removed < count) {
    const most = Math.min(CHUNK, count - removed)
    const ids = await redis.zrangebyscore(own(state), '-inf', untilMs, 'LIMIT', 0, most)
    if (ids.length === 0) return removed
    const names = [own(state), ...ids.flatMap((id) => [own(id), own(`${id}:logs`)])]
    removed += z.int().parse(await script.run(redis, names, [untilMs, ...ids]))
  }
  return removed
}
