import { createHash } from 'node:crypto'
import { Queue, type JobsOptions } from 'bullmq'
import type { Redis } from 'ioredis'
import type { InferJob, InferResult } from '@capstan/shared/contract/scan/infer-job'
import type { RedisKeys } from '@capstan/redis/keys'
import { JITTERED } from './job-backoff.ts'

/** The queue of one route. Jobs are named after their types. */
export type InferQueue = Queue<InferJob, InferResult | null, string>

/** Attempts after which an item fails permanently. The journal counts them; see `claim`. */
export const MAX_ITEM_ATTEMPTS = 5

/** Maximum length of a queue's event stream; a job adds 2 to 4 events. Scan progress does not depend on it. */
export const MAX_QUEUE_EVENTS = 10_000

/** Number and age of finished jobs that the hourly sweep keeps, over all routes. */
export const JOB_RETENTION = { completed: 10_000, failed: 20_000, ageMs: 30 * 86_400_000 } as const

const INFER_JOB_OPTIONS = {
  // Twice the limit of the journal. Faults of the queue itself use attempts of BullMQ only, and BullMQ must not fail a job
  // whose item the journal would try again.
  attempts: 2 * MAX_ITEM_ATTEMPTS,
  backoff: { type: JITTERED },
  // Bounds of one queue between two sweeps. The sweep also checks the age; BullMQ would search for old jobs at the end of
  // each job.
  removeOnComplete: { count: JOB_RETENTION.completed },
  removeOnFail: { count: JOB_RETENTION.failed },
  // A stack trace may quote the reply of a provider or a cluster. Three of them made a job of 551 KB.
  stackTraceLimit: 0,
  // Jobs carry references only. The limit rejects a job that contains a schema (58 KB).
  sizeLimit: 16_384,
} satisfies JobsOptions

/**
 * Opens the queue of a route, with one job per resource type. The caller owns the connection. Commands fail immediately while
 * Redis is unreachable, also at start.
 */
export function openInferQueue(connection: Redis, keys: RedisKeys, name: string): InferQueue {
  const queue: InferQueue = new Queue(name, {
    connection,
    prefix: keys.bullPrefix,
    defaultJobOptions: INFER_JOB_OPTIONS,
    skipWaitingForReady: true,
    streams: { events: { maxLen: MAX_QUEUE_EVENTS } },
  })
  // The owner of the connection handles its errors. Without a listener BullMQ would write them to stderr.
  queue.on('error', () => undefined)
  return queue
}

/** Builds the job id of an item. It is deterministic, so adding a job twice has no effect. BullMQ forbids `:` in ids. */
export function buildInferJobId(scanId: string, resource: string): string {
  return `${scanId}.${createHash('sha256').update(resource).digest('hex').slice(0, 16)}`
}

/** Reads the scan id from the job id of a route's queue. */
export function parseJobScanId(jobId: string): string {
  return jobId.slice(0, jobId.lastIndexOf('.'))
}
