import { AppError } from '@capstan/shared/errors'
import { isNearlyFull } from '@capstan/redis/read-redis-state'
import { isWriteFault, formatMemory, MEMORY_HINT } from '@capstan/shared/redis-fault'
import type { ApiDeps } from '../deps.ts'

/** Scans that start within this time of a look share it. */
const LOOK_AGE_MS = 1_000
const RETRY_AFTER_MS = 30_000

/**
 * Keeps the last tenth of the memory of Redis for scans that run: a full Redis would stop all of them. AppError
 * OVERLOADED from 90 % of maxmemory, REDIS_UNAVAILABLE while Redis refuses writes.
 */
export async function refuseWhenFull({ redisHealth }: Pick<ApiDeps, 'redisHealth'>): Promise<void> {
  const { fault, memory } = await redisHealth.look(LOOK_AGE_MS)
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
    `Redis is nearly full: ${formatMemory(memory)}, and new scans are refused from 90 %`,
    {
      hint: `${MEMORY_HINT} Running scans go on.`,
      retryable: true,
      retryAfterMs: RETRY_AFTER_MS,
    },
  )
}
