import type { Redis } from 'ioredis'
import { openBatchStore } from '@capstan/scan-store/batches/batch-store'
import type { ScanCapacity } from '@capstan/scan-store/journal/eta/estimate-eta-by-capacity'
import type { RedisKeys } from '@capstan/redis/keys'

/** Both vendors expire a batch after 24 h. */
const EXPIRY_MS = 86_400_000

/** Describes the open batches of a scan and their expiry; null without one. */
export async function readBatchWait(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  scanId: string,
): Promise<ScanCapacity['blocked']> {
  const open = await openBatchStore(redis, keys).listOpenBatches(scanId)
  const [oldest] = open.toSorted((a, b) => a.startedAtMs - b.startedAtMs)
  if (!oldest) return null
  const requests = open.reduce((sum, { resources }) => sum + resources.length, 0)
  const since = new Date(oldest.startedAtMs).toISOString()
  return {
    kind: 'batch',
    account: oldest.account,
    because: `${requests} requests in its batch API since ${since}; most batches finish within an hour, all within 24 hours`,
    forMs: Math.max(0, oldest.startedAtMs + EXPIRY_MS - Date.now()),
  }
}
