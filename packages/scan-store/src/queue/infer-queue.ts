import { createHash } from 'node:crypto'
import { Queue, type JobsOptions } from 'bullmq'
import type { Redis } from 'ioredis'
import type { InferJob, InferResult } from '@capstan/shared/contract/scan/infer-job'
import type { RedisKeys } from '@capstan/redis/keys'
import { JITTERED } from './job-backoff.ts'

/** The queue of one route. Jobs are named after their types. */
export type InferQueue = Queue<InferJob, InferResult | null, string>

/** Starts after which an item fails for good. The journal counts them and decides; see claim. */
export const MAX_ITEM_ATTEMPTS = 5

/** Most entries of a queue's event stream: 2 to 4 a job. Nothing of ours reads progress from it. */
export const MAX_QUEUE_EVENTS = 10_000

/** How many finished jobs of all routes together the hourly sweep leaves, and for how long. */
export const JOB_RETENTION = { completed: 10_000, failed: 20_000, ageMs: 30 * 86_400_000 } as const

const INFER_JOB_OPTIONS = {
  // Twice what the journal grants, so that BullMQ never ends a job that the journal still waits for:
  // faults of the queue itself use up attempts here and not there.
  attempts: 2 * MAX_ITEM_ATTEMPTS,
  backoff: { type: JITTERED },
  // Bounds of one queue between two sweeps, which bound all queues together. The age is left to the sweep: BullMQ would
  // look for old jobs at the end of each job.
  removeOnComplete: { count: JOB_RETENTION.completed },
  removeOnFail: { count: JOB_RETENTION.failed },
  // A stack may quote what a provider or a cluster said; three of them made a job of 551 KB.
  stackTraceLimit: 0,
  // A fuse: jobs carry references, and a schema that slips in would cost 58 KB of Redis each.
  sizeLimit: 16_384,
} satisfies JobsOptions

/**
 * Opens the queue of a route, one job a resource type. The connection stays the caller's. Fails at once
 * instead of waiting when Redis is away, also at start.
 */
export function openInferQueue(connection: Redis, keys: RedisKeys, name: string): InferQueue {
  const queue: InferQueue = new Queue(name, {
    connection,
    prefix: keys.bullPrefix,
    defaultJobOptions: INFER_JOB_OPTIONS,
    skipWaitingForReady: true,
    streams: { events: { maxLen: MAX_QUEUE_EVENTS } },
  })
  // The owner of the connection hears of its errors already; unheard here they would go to stderr.
  queue.on('error', () => undefined)
  return queue
}

/** The same for every attempt to add the job, so that adding twice is harmless. BullMQ forbids `:`. */
export function buildInferJobId(scanId: string, resource: string): string {
  return `${scanId}.${createHash('sha256').update(resource).digest('hex').slice(0, 16)}`
}

/** The scan that a job of a route's queue belongs to. */
export function parseJobScanId(jobId: string): string {
  return jobId.slice(0, jobId.lastIndexOf('.'))
}
