import { AppError } from '@capstan/shared/errors'
import { isNearlyFull } from '@capstan/redis/read-redis-state'
import { isWriteFault, formatMemory, MEMORY_HINT } from '@capstan/shared/redis-fault'
import type { ApiDeps } from '../deps.ts'

/** Starts within this time share one reading of the memory of Redis. */
const MAX_AGE_MS = 1_000
const RETRY_AFTER_MS = 30_000

/**
 * Reserves the last tenth of the memory of Redis for running scans, because a full Redis would stop all of them.
 * AppError OVERLOADED from 90 % of maxmemory, REDIS_UNAVAILABLE while Redis rejects writes.
 */
export async function requireRedisMemory({
  redisHealth,
}: Pick<ApiDeps, 'redisHealth'>): Promise<void> {
  const { fault, memory } = await redisHealth.look(MAX_AGE_MS)
  if (fault && isWriteFault(fault.kind)) {
    throw new AppError('REDIS_UNAVAILABLE', fault.detail, {
      hint: fault.hint,
      retryable: true,
      retryAfterMs: RETRY_AFTER_MS,
    })
  }
  if (memory === undefined || !isNearlyFull(memory)) return
  throw new AppError(
    'OVERLOADED',
    `Redis is nearly full: ${formatMemory(memory)}, and new scans are rejected from 90 %`,
    {
      hint: `${MEMORY_HINT} Running scans continue.`,
      retryable: true,
      retryAfterMs: RETRY_AFTER_MS,
    },
  )
}
