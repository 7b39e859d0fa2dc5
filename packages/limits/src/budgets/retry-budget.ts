import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { defineLuaScript } from '@capstan/redis/lua-script'

const script = defineLuaScript(new URL('./lua/retry-budget.lua', import.meta.url))

/** Retries of a scan before its first success. */
const INITIAL_RETRIES = 10
/**
 * Successes that earn one retry. Retries add at most a quarter to the load of a failing provider. A provider that fails up to
 * a fifth of its calls by chance exhausts no budget.
 */
const SUCCESSES_PER_RETRY = 4
const KEEP_SECONDS = 30 * 86_400

/** Limits the retries of a scan to a share of its successes, so that they cannot make an overload worse. */
export interface RetryBudget {
  /** Whether the attempt `epoch` of a type may be retried. A repeated call for the same attempt costs nothing. */
  mayRetry(scanId: string, resource: string, epoch: number): Promise<boolean>
}

/** Opens the budgets over a Redis connection, which the caller closes. The journal counts the successes. */
export function openRetryBudget(redis: Redis, keys: RedisKeys): RetryBudget {
  return {
    mayRetry: async (scanId, resource, epoch) => {
      const names = [keys.scanRetries(scanId), keys.scanStatus(scanId, 'succeeded')]
      const args = [resource, epoch, INITIAL_RETRIES, SUCCESSES_PER_RETRY, KEEP_SECONDS]
      return z.union([z.literal(0), z.literal(1)]).parse(await script.run(redis, names, args)) === 1
    },
  }
}
