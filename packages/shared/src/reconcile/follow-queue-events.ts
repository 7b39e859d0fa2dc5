import { QueueEvents } from 'bullmq'
import type { Redis } from 'ioredis'
import { InferJob } from '../contract/infer-job.ts'
import type { Journal } from '../journal/types.ts'
import type { Log } from '../log.ts'
import { INFER_QUEUE, type InferQueue } from '../queue/infer-queue.ts'
import { jobPresence } from '../queue/job-presence.ts'
import type { RedisKeys } from '../redis/keys.ts'
import { LOST } from './reconcile-scan.ts'

export interface FollowQueueEventsDeps {
  /** For commands. */
  redis: Redis
  /** A connection for XREAD BLOCK alone. Both stay the caller's. */
  blocking: Redis
  keys: RedisKeys
  queue: InferQueue
  journal: Pick<Journal, 'item' | 'abandon'>
  log: Log
}

export interface QueueEventsFollower {
  stop(): Promise<void>
}

/**
 * Ends items whose job failed for good while their worker could not say so (stall limit). Goes on where
 * the last process stopped; events seen twice have no effect, so several processes may follow.
 */
export async function followQueueEvents(deps: FollowQueueEventsDeps): Promise<QueueEventsFollower> {
  const { blocking, redis, keys, log } = deps
  const events = new QueueEvents(INFER_QUEUE, {
    connection: blocking,
    prefix: keys.bullPrefix,
    // Not `$`: what happens between start and the first read would be lost (40 of 40 in a measurement).
    lastEventId: (await redis.get(keys.queueEventsCursor)) ?? '0-0',
  })
  events.on('error', (error) => log.warn({ err: error }, 'queue events broke off; they resume'))
  let handled: Promise<void> = Promise.resolve()
  events.on('failed', ({ jobId }, eventId) => {
    handled = handled.then(async () => {
      await endIfLost(deps, jobId)
      // Never expires: one small string, and without it every start would read the whole stream.
      await redis.set(keys.queueEventsCursor, eventId)
    })
    handled = handled.catch((error: unknown) =>
      log.warn({ err: error, jobId }, 'a failed job could not be followed up; the reconciler will'),
    )
  })
  return {
    stop: async () => {
      await events.close()
      await handled
    },
  }
}

async function endIfLost(deps: FollowQueueEventsDeps, jobId: string): Promise<void> {
  // An event may be old: by now the job may have been added again and be running.
  const [presence] = await jobPresence(deps.redis, deps.queue, [jobId])
  if (presence !== 'failed') return
  const job = InferJob.safeParse((await deps.queue.getJob(jobId))?.data)
  if (!job.success) return
  const { scanId, resource } = job.data
  const item = await deps.journal.item(scanId, resource)
  if (item?.status !== 'running') return
  await deps.journal.abandon(scanId, resource, LOST)
}
