import type { Redis } from 'ioredis'
import { openBatchStore } from '@capstan/scan-store/batches/batch-book'
import type { ScanCapacity } from '@capstan/scan-store/journal/work-eta'
import type { RedisKeys } from '@capstan/redis/keys'

/** Both vendors end a batch after a day, answered or not. */
const LATEST_MS = 86_400_000

/** What a scan by batch waits for, and until when at the latest; null while nothing of it is with the provider. */
export async function inBatches(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  scanId: string,
): Promise<ScanCapacity['blocked']> {
  const open = await openBatchStore(redis, keys).listOpenBatches(scanId)
  const [oldest] = open.toSorted((a, b) => a.startedAtMs - b.startedAtMs)
  if (!oldest) return null
  const questions = open.reduce((sum, { resources }) => sum + resources.length, 0)
  const since = new Date(oldest.startedAtMs).toISOString()
  return {
    account: oldest.account,
    because: `${questions} questions are with its batch API since ${since}; mostly answered within an hour, within a day at the latest`,
    forMs: Math.max(0, oldest.startedAtMs + LATEST_MS - Date.now()),
  }
}
