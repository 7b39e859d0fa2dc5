import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { JOB_RETENTION } from './infer-queue.ts'
import { FINISHED_STATES, removeFinishedJobs, type FinishedState } from './remove-finished-jobs.ts'

/** Most finished jobs of all queues together, and how long they stay. */
export type JobRetention = Record<FinishedState, number> & { ageMs: number }

interface SweepDeps {
  redis: Redis
  keys: RedisKeys
}

/**
 * Removes the finished jobs of these queues that are not among the newest ones of all queues together, or are too old.
 * BullMQ cleans a queue only when another job of it ends, and knows nothing of the other queues. Returns how many jobs
 * went. May be repeated at any time, also by two processes at once. Redis errors pass through.
 */
export async function sweepJobs(
  deps: SweepDeps,
  queues: string[],
  kept: JobRetention = JOB_RETENTION,
): Promise<Record<FinishedState, number>> {
  const removed = { completed: 0, failed: 0 }
  if (queues.length === 0) return removed
  for (const state of FINISHED_STATES) {
    removed[state] = await sweepState(deps, queues, state, kept)
  }
  return removed
}

async function sweepState(
  deps: SweepDeps,
  queues: string[],
  state: FinishedState,
  kept: JobRetention,
): Promise<number> {
  const most = kept[state]
  const expiredMs = Date.now() - kept.ageMs
  const cutMs = await findCut(deps, queues, state, { most, expiredMs })
  let removed = 0
  // What ended before the cut goes whole; of what ended in the millisecond of the cut only what is too much.
  for (const queue of queues) {
    const untilMs = cutMs === undefined ? expiredMs : cutMs - 1
    removed += await removeFinishedJobs(deps, { queue, state, untilMs })
  }
  if (cutMs === undefined) return removed
  let excess = (await countAfter(deps, queues, state, '-inf')) - most
  for (const queue of queues) {
    if (excess <= 0) return removed
    const gone = await removeFinishedJobs(deps, { queue, state, untilMs: cutMs, count: excess })
    removed += gone
    excess -= gone
  }
  return removed
}

/** The earliest millisecond after which no more than `most` jobs ended; undefined when the age alone removes enough. */
async function findCut(
  deps: SweepDeps,
  queues: string[],
  state: FinishedState,
  { most, expiredMs }: { most: number; expiredMs: number },
): Promise<number | undefined> {
  if ((await countAfter(deps, queues, state, expiredMs)) <= most) return undefined
  // Too many ended after `low`, not too many after `high`.
  let low = expiredMs
  let high = Math.max(Date.now(), await newestEnd(deps, queues, state))
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    const isTooMany = (await countAfter(deps, queues, state, middle)) > most
    if (isTooMany) low = middle
    else high = middle
  }
  return high
}

async function countAfter(
  { redis, keys }: SweepDeps,
  queues: string[],
  state: FinishedState,
  afterMs: number | '-inf',
): Promise<number> {
  const pipeline = redis.pipeline()
  for (const queue of queues) {
    pipeline.zcount(`${keys.bullPrefix}:${queue}:${state}`, `(${afterMs}`, '+inf')
  }
  const counts = z.array(z.int()).parse(await readReplies(pipeline))
  return counts.reduce((sum, count) => sum + count, 0)
}

/** In ms; the clock of a worker may be ahead of ours. */
async function newestEnd(
  { redis, keys }: SweepDeps,
  queues: string[],
  state: FinishedState,
): Promise<number> {
  const pipeline = redis.pipeline()
  for (const queue of queues) {
    pipeline.zrange(`${keys.bullPrefix}:${queue}:${state}`, '-1', '-1', 'WITHSCORES')
  }
  const newest = z.array(z.array(z.string())).parse(await readReplies(pipeline))
  return Math.max(...newest.map(([, ended = '0']) => Number(ended)))
}

async function readReplies(pipeline: ReturnType<Redis['pipeline']>): Promise<unknown[]> {
  return ((await pipeline.exec()) ?? []).map(([error, reply]) => {
    if (error) throw error
    return reply
  })
}
