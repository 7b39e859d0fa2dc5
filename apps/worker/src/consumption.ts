import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { within } from '@capstan/shared/within'

export interface Consumption {
  /** A job was started or ended. */
  note(): void
  /** False when work waits that this process does not take although it could. */
  isAlive: () => Promise<boolean>
}

const ASK_MS = 2_000

/**
 * Watches whether this process consumes: BullMQ workers are known to stand still after a failover without
 * an error. An outage of Redis and a paused queue are no reason to restart the process.
 */
export function watchConsumption(
  deps: { redis: Redis; queue: Pick<Queue, 'isPaused' | 'getJobCountByTypes'> },
  idleLimitMs: number,
): Consumption {
  let lastAt = performance.now()
  return {
    note: () => {
      lastAt = performance.now()
    },
    isAlive: async () => {
      if (performance.now() - lastAt < idleLimitMs) return true
      if (deps.redis.status !== 'ready') return true
      return within('the queue', ASK_MS, isIdleForAReason(deps.queue)).catch(() => true)
    },
  }
}

async function isIdleForAReason(
  queue: Pick<Queue, 'isPaused' | 'getJobCountByTypes'>,
): Promise<boolean> {
  if (await queue.isPaused()) return true
  return (await queue.getJobCountByTypes('wait', 'prioritized')) === 0
}
