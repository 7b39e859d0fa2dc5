import { createHash } from 'node:crypto'
import { Queue, type JobsOptions } from 'bullmq'
import type { Redis } from 'ioredis'
import type { InferJob } from '../contract/infer-job.ts'
import type { RedisKeys } from '../redis/keys.ts'
import { JITTERED } from './backoff.ts'

export const INFER_QUEUE = 'infer'
export type InferQueue = Queue<InferJob, void, 'infer'>

/** Starts after which an item fails for good. The journal counts them and decides; see claim. */
export const ITEM_ATTEMPTS = 5

const INFER_JOB_OPTIONS = {
  // Twice what the journal grants, so that BullMQ never ends a job that the journal still waits for:
  // faults of the queue itself use up attempts here and not there.
  attempts: 2 * ITEM_ATTEMPTS,
  backoff: { type: JITTERED },
  // The journal remembers what became of every item; the queue keeps only what helps a look at the board.
  removeOnComplete: { age: 3_600, count: 1_000 },
  removeOnFail: { age: 7 * 86_400, count: 5_000 },
  // A stack may quote what a provider or a cluster said; three of them made a job of 551 KB.
  stackTraceLimit: 0,
  // A fuse: jobs carry references, and a schema that slips in would cost 58 KB of Redis each.
  sizeLimit: 16_384,
} satisfies JobsOptions

/**
 * The queue of inferences, one job a resource type. The connection stays the caller's. Fails at once
 * instead of waiting when Redis is away, also at start.
 */
export function openInferQueue(connection: Redis, keys: RedisKeys): InferQueue {
  const queue: InferQueue = new Queue(INFER_QUEUE, {
    connection,
    prefix: keys.bullPrefix,
    defaultJobOptions: INFER_JOB_OPTIONS,
    skipWaitingForReady: true,
    // 2 to 4 entries a job; nothing of ours reads progress from it.
    streams: { events: { maxLen: 10_000 } },
  })
  // The owner of the connection hears of its errors already; unheard here they would go to stderr.
  queue.on('error', () => undefined)
  return queue
}

/** The same for every attempt to add the job, so that adding twice is harmless. BullMQ forbids `:`. */
export function inferJobId(scanId: string, resource: string): string {
  return `${scanId}.${createHash('sha256').update(resource).digest('hex').slice(0, 16)}`
}
