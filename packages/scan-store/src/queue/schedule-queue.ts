import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { JITTERED } from './job-backoff.ts'

export const SCHEDULE_QUEUE = 'schedule'
/** Attempts after which a run of a schedule is skipped. */
export const MAX_SCHEDULE_ATTEMPTS = 5

/** The first attempt sets `scanId`, so that a retry starts the same scan. */
export interface ScheduleJob {
  v: 1
  name: string
  scanId?: string
}
export type ScheduleQueue = Queue<ScheduleJob, void>

/** Opens the queue whose BullMQ job schedulers start scans. The caller owns the connection. */
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
  // The owner of the connection handles its errors. Without a listener BullMQ would write them to stderr.
  queue.on('error', () => undefined)
  return queue
}
