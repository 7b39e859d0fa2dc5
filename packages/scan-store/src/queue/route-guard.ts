import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { LimitsSnapshot } from '@capstan/limits/types'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'

/** Window length of the guard. Providers state request limits per minute. */
const GUARD_WINDOW_MS = 60_000
/** A limit that is never reached. BullMQ respects a pause only while the queue has a limit, so every queue has one. */
export const UNLIMITED_GUARD = 1_000_000
/** BullMQ stores this value instead of a count while `rateLimit` pauses a queue. */
export const PAUSE_MARK = Number.MAX_SAFE_INTEGER

const scripts = {
  set: defineLuaScript(new URL('./lua/set-guard.lua', import.meta.url)),
  refund: defineLuaScript(new URL('./lua/refund-job-starts.lua', import.meta.url)),
}

/**
 * Computes the guard of a route's queue: the maximum number of job starts in one window of BullMQ's global rate limit. The
 * token buckets admit at most their capacity plus refill per window, so the guard is reached only if they fail.
 */
export function computeGuardLimit(accounts: Pick<LimitsSnapshot, 'dimensions'>[]): number {
  let most = 0
  for (const { dimensions } of accounts) {
    const { requests } = dimensions
    // An account with unknown request limits may admit any number of calls.
    if (!requests) return UNLIMITED_GUARD
    most += Math.ceil(requests.limit + requests.capacity)
  }
  return accounts.length === 0 ? UNLIMITED_GUARD : Math.min(UNLIMITED_GUARD, Math.max(1, most))
}

interface GuardedQueue {
  redis: Redis
  keys: RedisKeys
  /** Name of the queue. */
  queue: string
}

/** Sets the guard of a queue and returns the one in force. A lower guard starts a new window. `onlyFirst`: keep an existing guard. */
export async function setGuard(
  { redis, keys, queue }: GuardedQueue,
  most: number,
  { onlyFirst = false }: { onlyFirst?: boolean } = {},
): Promise<number> {
  const args = [most, GUARD_WINDOW_MS, PAUSE_MARK, onlyFirst ? '1' : '']
  return z.int().parse(await scripts.set.run(redis, listGuardKeys(keys, queue), args))
}

/** Refunds job starts that used no request permit, so that the guard does not count them. `agesMs`: time since each start. */
export async function refundJobStarts(
  { redis, keys, queue }: GuardedQueue,
  agesMs: number[],
): Promise<number> {
  const args = [PAUSE_MARK, ...agesMs.map((age) => Math.round(age))]
  return z.int().parse(await scripts.refund.run(redis, listGuardKeys(keys, queue), args))
}

function listGuardKeys(keys: RedisKeys, queue: string): string[] {
  return ['meta', 'limiter'].map((type) => `${keys.bullPrefix}:${queue}:${type}`)
}
