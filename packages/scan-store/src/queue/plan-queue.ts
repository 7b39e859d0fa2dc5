import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { PlanJob } from '@capstan/shared/contract/scan/infer-job'
import type { RedisKeys } from '@capstan/redis/keys'
import { JITTERED } from './job-backoff.ts'

export const PLAN_QUEUE = 'plan'
export type PlanQueue = Queue<PlanJob, void, 'plan'>

/** Starts after which a scan that cannot be planned fails. */
export const MAX_PLAN_ATTEMPTS = 5

/** The queue of scans to plan, consumed in the API process. The connection stays the caller's. */
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
  // The owner of the connection hears of its errors already; unheard here they would go to stderr.
  queue.on('error', () => undefined)
  return queue
}

/** Adds the one plan job of a scan; a second add while it lives does nothing. */
export async function addPlanJob(queue: PlanQueue, scanId: string): Promise<void> {
  await queue.add('plan', { v: 1, scanId }, { jobId: buildPlanJobId(scanId) })
}

export function buildPlanJobId(scanId: string): string {
  return `${scanId}.plan`
}
