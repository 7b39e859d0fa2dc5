import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { PlanJob } from '@capstan/shared/contract/scan/infer-job'
import type { RedisKeys } from '@capstan/redis/keys'
import { JITTERED } from './job-backoff.ts'

export const PLAN_QUEUE = 'plan'
export type PlanQueue = Queue<PlanJob, void, 'plan'>

/** Attempts after which a scan that cannot be planned fails. */
export const MAX_PLAN_ATTEMPTS = 5

/** Opens the queue of scans to plan. The API process consumes it. The caller owns the connection. */
export function openPlanQueue(connection: Redis, keys: RedisKeys): PlanQueue {
  const queue: PlanQueue = new Queue(PLAN_QUEUE, {
    connection,
    prefix: keys.bullPrefix,
    skipWaitingForReady: true,
    defaultJobOptions: {
      attempts: MAX_PLAN_ATTEMPTS,
      backoff: { type: JITTERED },
      removeOnComplete: { age: 3_600, count: 1_000 },
      removeOnFail: { age: 7 * 86_400, count: 1_000 },
      stackTraceLimit: 0,
      sizeLimit: 16_384,
    },
  })
  // The owner of the connection handles its errors. Without a listener BullMQ would write them to stderr.
  queue.on('error', () => undefined)
  return queue
}

/** Adds the plan job of a scan. Has no effect while a job with this id exists. */
export async function addPlanJob(queue: PlanQueue, scanId: string): Promise<void> {
  await queue.add('plan', { v: 1, scanId }, { jobId: buildPlanJobId(scanId) })
}

export function buildPlanJobId(scanId: string): string {
  return `${scanId}.plan`
}
