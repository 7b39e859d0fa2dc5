import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { JOB_RETENTION } from './infer-queue.ts'
import { FINISHED_STATES, removeFinishedJobs, type FinishedState } from './remove-finished-jobs.ts'

/** Maximum number and age of finished jobs, over all queues. */
export type JobRetention = Record<FinishedState, number> & { ageMs: number }

interface SweepDeps {
  redis: Redis
  keys: RedisKeys
}

/**
 * Removes finished jobs that are too old, or are not among the newest ones of all these queues. BullMQ cleans a queue only
 * when a job of it ends, and cannot bound several queues. Returns the numbers of removed jobs. May be repeated at any time,
 * also by two processes at once. Redis errors pass through.
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
  // All jobs that ended before the cut are removed. Of those that ended in the millisecond of the cut, only the excess.
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

/** Finds the earliest millisecond after which at most `most` jobs ended. Undefined when the age limit removes enough jobs. */
async function findCut(
  deps: SweepDeps,
  queues: string[],
  state: FinishedState,
  { most, expiredMs }: { most: number; expiredMs: number },
): Promise<number | undefined> {
  if ((await countAfter(deps, queues, state, expiredMs)) <= most) return undefined
  // Invariant: more than `most` jobs ended after `low`, at most `most` after `high`.
  let low = expiredMs
  let high = Math.max(Date.now(), await readNewestEnd(deps, queues, state))
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

/** Time of the newest end in ms. It may be in the future, because workers have their own clocks. */
async function readNewestEnd(
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
