import type { Redis } from 'ioredis'
import { buildInferJobId, type InferQueue } from './infer-queue.ts'
import { readJobPresence } from './job-presence.ts'

interface ScanQueue {
  scanId: string
  queue: Pick<InferQueue, 'toKey'>
}

/** Items looked at in one pipeline. */
const CHUNK = 500

/** An item without a job to run. */
export interface MissingJob {
  resource: string
  /** A finished job has the id of the one that is missing. */
  isFinished: boolean
}

/** Those of these items that have no job to run. */
export async function findMissingJobs(
  redis: Redis,
  { queue, scanId }: ScanQueue,
  resources: string[],
): Promise<MissingJob[]> {
  const missing: MissingJob[] = []
  for (let from = 0; from < resources.length; from += CHUNK) {
    const chunk = resources.slice(from, from + CHUNK)
    const ids = chunk.map((resource) => buildInferJobId(scanId, resource))
    const presence = await readJobPresence(redis, queue, ids)
    for (const [index, resource] of chunk.entries()) {
      if (presence[index] === 'live') continue
      missing.push({ resource, isFinished: presence[index] !== 'absent' })
    }
  }
  return missing
}

const FIRST_LOOK = 16

/**
 * The same for a scan with a concurrency, in which jobs are added in order: once the first one of the last few has a job, all
 * before them have. So the cost of an item does not grow with the concurrency.
 */
export async function findMissingTailJobs(
  redis: Redis,
  scan: ScanQueue,
  resources: string[],
): Promise<MissingJob[]> {
  for (let count = FIRST_LOOK; ; count *= 4) {
    const last = resources.slice(-count)
    const missing = await findMissingJobs(redis, scan, last)
    if (last.length === resources.length || missing[0]?.resource !== last[0]) return missing
  }
}
