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
  /** Only jobs that ended at this moment (ms) or before. */
  untilMs: number
  /** Most jobs to remove; all of them by default. */
  count?: number
}

/** Jobs of one step, which keeps Redis from other work for 5 ms at most (measured on a busy machine). */
const STEP = 250

const script = defineLuaScript(new URL('./lua/remove-finished.lua', import.meta.url))

/**
 * Removes finished jobs of one queue with their logs, the oldest first, in small steps. Returns how many. A job that was
 * added again meanwhile stays. Redis errors pass through; what was removed by then stays removed.
 */
export async function removeFinishedJobs(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  { queue, state, untilMs, count = Number.POSITIVE_INFINITY }: FinishedJobs,
): Promise<number> {
  const own = (name: string): string => `${keys.bullPrefix}:${queue}:${name}`
  let removed = 0
  while (removed < count) {
    const most = Math.min(STEP, count - removed)
    const ids = await redis.zrangebyscore(own(state), '-inf', untilMs, 'LIMIT', 0, most)
    if (ids.length === 0) return removed
    const names = [own(state), ...ids.flatMap((id) => [own(id), own(`${id}:logs`)])]
    removed += z.int().parse(await script.run(redis, names, [untilMs, ...ids]))
  }
  return removed
}
