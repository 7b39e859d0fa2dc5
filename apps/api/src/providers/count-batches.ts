import type { Redis } from 'ioredis'
import { openBatchStore } from '@capstan/scan-store/batches/batch-store'
import type { RedisKeys } from '@capstan/redis/keys'

/** Counts of batches and of the model requests in them, over all scans. */
export interface BatchCounts {
  open: number
  requests: { waiting: number; submitted: number; answered: number }
  /** Age of the oldest open batch in ms; 0 without one. */
  oldestMs: number
}

export async function countBatches(deps: { redis: Redis; keys: RedisKeys }): Promise<BatchCounts> {
  const store = openBatchStore(deps.redis, deps.keys)
  const states = await Promise.all(
    (await store.listScans()).map((scanId) => store.readScan(scanId)),
  )
  const open = states.flatMap((state) => state.open)
  const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0)
  return {
    open: open.length,
    requests: {
      waiting: sum(states.map(({ waiting }) => waiting.length)),
      submitted: sum(open.map(({ resources }) => resources.length)),
      answered: sum(states.map(({ answered }) => answered.length)),
    },
    oldestMs: Math.max(0, ...open.map(({ startedAtMs }) => Date.now() - startedAtMs)),
  }
}
