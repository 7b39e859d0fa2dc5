import { buildInferJobId, type InferQueue } from './infer-queue.ts'

/** A removal from a prioritized queue is O(log N). 200 removals block Redis for less than 15 ms. */
const BATCH = 200

/**
 * Removes the jobs of these resources from a queue, for pause, cancel and deletion. Active jobs are locked and stay; a cancel
 * signal reaches their workers. Resources without a job are ignored.
 */
export async function removeJobs(
  queue: Pick<InferQueue, 'remove'>,
  scanId: string,
  resources: string[],
): Promise<void> {
  for (let from = 0; from < resources.length; from += BATCH) {
    const batch = resources.slice(from, from + BATCH)
    await Promise.all(batch.map((resource) => queue.remove(buildInferJobId(scanId, resource))))
  }
}
