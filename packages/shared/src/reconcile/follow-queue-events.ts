import { setTimeout as wait } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { InferJob } from '../contract/infer-job.ts'
import type { Journal } from '../journal/types.ts'
import type { Log } from '../log.ts'
import type { InferQueue } from '../queue/infer-queue.ts'
import { jobPresence } from '../queue/job-presence.ts'
import type { RedisKeys } from '../redis/keys.ts'
import { LOST } from './reconcile-scan.ts'

export interface FollowQueueEventsDeps {
  /** Stays the caller's. */
  redis: Redis
  keys: RedisKeys
  queue: InferQueue
  journal: Pick<Journal, 'item' | 'abandon'>
  log: Log
}

export interface QueueEventsFollower {
  stop(): Promise<void>
}

const LOOK_MS = 1_000
const LOOK_AGAIN_MS = 5_000
const MOST_EVENTS = 1_000

/**
 * Ends items whose job failed for good while their worker could not say so (stall limit). Goes on where
 * the last process stopped; events seen twice have no effect, so several processes may follow.
 *
 * Looks once a second and not with BullMQ's QueueEvents: those wake up for each of the two events of each job, which
 * took a tenth of a core beside a busy worker, and the failures of dead workers are not in a hurry.
 */
export function followQueueEvents(deps: FollowQueueEventsDeps): QueueEventsFollower {
  const stopped = new AbortController()
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const waitMs = await look(deps).catch((error: unknown) => {
        deps.log.warn({ err: error }, 'queue events broke off; they resume')
        return LOOK_AGAIN_MS
      })
      await wait(waitMs, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}

/** Handles what has been added since the remembered event. Answers after how long to look again. */
async function look(deps: FollowQueueEventsDeps): Promise<number> {
  const { redis, keys, queue } = deps
  const stream = queue.toKey('events')
  // Not `$`: what happens between start and the first read would be lost (40 of 40 in a measurement).
  const after = (await redis.get(keys.queueEventsCursor)) ?? '0-0'
  const [read] = (await redis.xread('COUNT', MOST_EVENTS, 'STREAMS', stream, after)) ?? []
  const events = read?.[1] ?? []
  for (const [, fields] of events) await handle(deps, fields)
  const last = events.at(-1)
  // Never expires: one small string, and without it every start would read the whole stream.
  if (last) await redis.set(keys.queueEventsCursor, last[0])
  return events.length < MOST_EVENTS ? LOOK_MS : 0
}

async function handle(deps: FollowQueueEventsDeps, fields: string[]): Promise<void> {
  // Most of them are of jobs that started or ended well; the name of the event comes first.
  if (fields[1] !== 'failed') return
  const jobId = fields[fields.indexOf('jobId') + 1] ?? ''
  await endIfLost(deps, jobId).catch((error: unknown) =>
    deps.log.warn(
      { err: error, jobId },
      'a failed job could not be followed up; the reconciler will',
    ),
  )
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
