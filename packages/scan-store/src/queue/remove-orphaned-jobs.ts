import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { parseJobScanId, type InferQueue } from './infer-queue.ts'

/** Jobs examined per call. */
const CHUNK = 200

/**
 * Removes jobs of a closed route whose scans have ended or were deleted, for example when a scan was canceled while its jobs
 * were added. Examines only the first jobs of each state, so repeat the call. Returns the number of removed jobs.
 */
export async function removeOrphanedJobs(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  queue: Pick<InferQueue, 'getRanges' | 'remove'>,
): Promise<number> {
  const states = ['wait', 'prioritized', 'delayed', 'active'] as const
  const ids = await queue.getRanges([...states], 0, CHUNK - 1)
  if (ids.length === 0) return 0
  // Read after the jobs: a scan enters this index before its first job is added.
  const active = new Set(await redis.hkeys(keys.activeScans))
  const orphans = ids.filter((id) => !active.has(parseJobScanId(id)))
  await Promise.all(orphans.map((id) => queue.remove(id)))
  return orphans.length
}
