import type { Redis } from 'ioredis'
import { openBatchStore } from '@capstan/scan-store/batches/batch-book'
import type { RedisKeys } from '@capstan/redis/keys'

/** Where the questions of all scans by batch are. */
export interface BatchCounts {
  open: number
  questions: { waiting: number; sent: number; answered: number }
  /** Of the oldest open batch; 0 without one. */
  oldestMs: number
}

export async function batchCounts(deps: { redis: Redis; keys: RedisKeys }): Promise<BatchCounts> {
  const book = openBatchStore(deps.redis, deps.keys)
  const looks = await Promise.all((await book.listScans()).map((scanId) => book.readScan(scanId)))
  const open = looks.flatMap((look) => look.open)
  const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0)
  return {
    open: open.length,
    questions: {
      waiting: sum(looks.map(({ waiting }) => waiting.length)),
      sent: sum(open.map(({ resources }) => resources.length)),
      answered: sum(looks.map(({ answered }) => answered.length)),
    },
    oldestMs: Math.max(0, ...open.map(({ startedAtMs }) => Date.now() - startedAtMs)),
  }
}
