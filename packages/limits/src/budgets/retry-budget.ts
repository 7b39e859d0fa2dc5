import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'

const script = defineLuaScript(new URL('./lua/retry-budget.lua', import.meta.url))

/** Retries a scan has before anything has succeeded. */
const FREE = 10
/**
 * Successes that earn one more: retries add at most a quarter to the load of a provider in trouble, and one where up to a
 * fifth of the calls fail by chance makes no type wait for the slowest pace.
 */
const SUCCESSES_PER_RETRY = 4
const KEEP_SECONDS = 30 * 86_400

/** Keeps the retries of a scan to a share of its work, so that they cannot make an overload worse. */
export interface RetryBudget {
  /** Whether the start `epoch` of a type may be followed by another. Asking again about the same start costs nothing. */
  mayRetry(scanId: string, resource: string, epoch: number): Promise<boolean>
}

/** The budgets over one Redis connection, which stays the caller's. Successes are counted by the journal. */
export function openRetryBudget(redis: Redis, keys: RedisKeys): RetryBudget {
  return {
    mayRetry: async (scanId, resource, epoch) => {
      const names = [keys.scanRetries(scanId), keys.scanStatus(scanId, 'succeeded')]
      const args = [resource, epoch, FREE, SUCCESSES_PER_RETRY, KEEP_SECONDS]
      return z.union([z.literal(0), z.literal(1)]).parse(await script.run(redis, names, args)) === 1
    },
  }
}
