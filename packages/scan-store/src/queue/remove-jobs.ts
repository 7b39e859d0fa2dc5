import { buildInferJobId, type InferQueue } from './infer-queue.ts'

/** With priorities a removal is O(log N); 200 at a time keep the pauses of Redis under 15 ms. */
const BATCH = 200

/**
 * Takes the jobs of these resources out of a queue, for pause, cancel and deletion. Running jobs are locked and
 * stay; for a cancel the worker that has them gets a signal. Resources without a job are fine.
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
