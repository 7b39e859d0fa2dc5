import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Journal, PendingItem } from '../journal/types.ts'
import type { RedisKeys } from '../redis/keys.ts'

export interface ItemsWithJobsDeps {
  redis: Redis
  keys: RedisKeys
  journal: Pick<Journal, 'pending'>
}

const Concurrency = z.coerce.number().int().positive().optional().catch(undefined)

/**
 * Unfinished items of a scan that have a job or are to get one: all of them, or as many as the concurrency of the scan allows.
 * Items that hold one of its places in the queue come first, then the others in the order of the plan.
 */
export async function listItemsWithJobs(
  { redis, keys, journal }: ItemsWithJobsDeps,
  scanId: string,
): Promise<PendingItem[]> {
  const text = await redis.hget(keys.scan(scanId), 'concurrency')
  const most = Concurrency.parse(text ?? undefined)
  const pending = await journal.pending(scanId, most)
  const isQueued = ({ status }: PendingItem): number => Number(status === 'queued')
  return pending.toSorted((a, b) => isQueued(a) - isQueued(b) || a.index - b.index).slice(0, most)
}
