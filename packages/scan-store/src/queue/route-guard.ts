import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { LimitsSnapshot } from '@capstan/limits/types'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'

/** Length of a window of the guard. Limits of requests are stated per minute. */
const GUARD_WINDOW_MS = 60_000
/** Never binds. BullMQ obeys a pause only while a queue has a limit, so every queue has one. */
export const UNLIMITED_GUARD = 1_000_000
/** BullMQ stores this in place of a count while a queue is paused by `rateLimit`. */
export const PAUSE_MARK = Number.MAX_SAFE_INTEGER

const scripts = {
  set: defineLuaScript(new URL('./lua/set-guard.lua', import.meta.url)),
  giveBack: defineLuaScript(new URL('./lua/return-starts.lua', import.meta.url)),
}

/**
 * The outer guard of a route's queue: most starts of jobs in one window of BullMQ's global rate limit. It binds only when
 * the exact buckets fail: they can grant no more in a window than their capacity and its refill.
 */
export function computeGuardLimit(accounts: Pick<LimitsSnapshot, 'dimensions'>[]): number {
  let most = 0
  for (const { dimensions } of accounts) {
    const { requests } = dimensions
    // An account whose requests are unknown may grant any number.
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

/** Sets the guard of a queue; a lower one begins a new window. `onlyFirst`: not when the queue has one already. */
export async function setGuard(
  { redis, keys, queue }: GuardedQueue,
  most: number,
  { onlyFirst = false }: { onlyFirst?: boolean } = {},
): Promise<number> {
  const args = [most, GUARD_WINDOW_MS, PAUSE_MARK, onlyFirst ? '1' : '']
  return z.int().parse(await scripts.set.run(redis, guardKeys(keys, queue), args))
}

/** Takes starts that used no request permit of the route off the guard's count. `agesMs`: time since each start. */
export async function refundJobStarts(
  { redis, keys, queue }: GuardedQueue,
  agesMs: number[],
): Promise<number> {
  const args = [PAUSE_MARK, ...agesMs.map((age) => Math.round(age))]
  return z.int().parse(await scripts.giveBack.run(redis, guardKeys(keys, queue), args))
}

function guardKeys(keys: RedisKeys, queue: string): string[] {
  return ['meta', 'limiter'].map((type) => `${keys.bullPrefix}:${queue}:${type}`)
}
