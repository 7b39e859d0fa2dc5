import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { JITTERED } from './job-backoff.ts'

export const SCHEDULE_QUEUE = 'schedule'
/** Starts after which a run that cannot start its scan is given up until the next one. */
export const MAX_SCHEDULE_ATTEMPTS = 5

/** `scanId` is set by the first start of a job, so that a second one starts the same scan. */
export interface ScheduleJob {
  v: 1
  name: string
  scanId?: string
}
export type ScheduleQueue = Queue<ScheduleJob, void>

/** The queue whose job schedulers start scans by the clock. The connection stays the caller's. */
export function openScheduleQueue(connection: Redis, keys: RedisKeys): ScheduleQueue {
  const queue: ScheduleQueue = new Queue(SCHEDULE_QUEUE, {
    connection,
    prefix: keys.bullPrefix,
    skipWaitingForReady: true,
    defaultJobOptions: {
      attempts: MAX_SCHEDULE_ATTEMPTS,
      backoff: { type: JITTERED },
      removeOnComplete: { age: 86_400, count: 1_000 },
      removeOnFail: { age: 7 * 86_400, count: 1_000 },
      stackTraceLimit: 0,
    },
  })
  // The owner of the connection hears of its errors already; unheard here they would go to stderr.
  queue.on('error', () => undefined)
  return queue
}
