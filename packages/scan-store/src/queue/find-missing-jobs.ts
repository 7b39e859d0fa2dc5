import type { Redis } from 'ioredis'
import { buildInferJobId, type InferQueue } from './infer-queue.ts'
import { readJobPresence } from './read-job-states.ts'

interface ScanQueue {
  scanId: string
  queue: Pick<InferQueue, 'toKey'>
}

/** Items per pipeline. */
const CHUNK = 500

/** An item without an unfinished job. */
export interface MissingJob {
  resource: string
  /** A finished job with the same id exists. */
  isFinished: boolean
}

/** Finds the items without an unfinished job. */
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

const FIRST_COUNT = 16

/**
 * Finds the items without an unfinished job for a scan with a concurrency, whose jobs are added in order. If the first of the
 * examined items has a job, all items before it have one. So the cost per item does not grow with the concurrency.
 */
export async function findMissingTailJobs(
  redis: Redis,
  scan: ScanQueue,
  resources: string[],
): Promise<MissingJob[]> {
  for (let count = FIRST_COUNT; ; count *= 4) {
    const last = resources.slice(-count)
    const missing = await findMissingJobs(redis, scan, last)
    if (last.length === resources.length || missing[0]?.resource !== last[0]) return missing
  }
}
