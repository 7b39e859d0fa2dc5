import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { parseJobScanId, type InferQueue } from './infer-queue.ts'

/** Jobs of one step. */
const STEP = 200

/**
 * Removes jobs of a closed route that no worker will ever start: their scans have ended or are gone, as when a scan is
 * cancelled while its jobs are added. Looks at the first jobs of each state only; call it again. Returns how many went.
 */
export async function removeOrphanedJobs(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  queue: Pick<InferQueue, 'getRanges' | 'remove'>,
): Promise<number> {
  const states = ['wait', 'prioritized', 'delayed', 'active'] as const
  const ids = await queue.getRanges([...states], 0, STEP - 1)
  if (ids.length === 0) return 0
  // Read after the jobs: a scan is active before it has its first job.
  const active = new Set(await redis.hkeys(keys.activeScans))
  const orphans = ids.filter((id) => !active.has(parseJobScanId(id)))
  await Promise.all(orphans.map((id) => queue.remove(id)))
  return orphans.length
}
