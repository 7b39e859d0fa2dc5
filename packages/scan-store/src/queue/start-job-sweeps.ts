import { sleep } from '@capstan/shared/async/sleep'
import type { Redis } from 'ioredis'
import type { Log } from '@capstan/shared/log'
import { runAsLeader } from '@capstan/redis/run-as-leader'
import type { RedisKeys } from '@capstan/redis/keys'
import type { RouteRegistry } from '../routes/route-registry.ts'
import { sweepJobs } from './sweep-jobs.ts'

export interface JobSweepDeps {
  redis: Redis
  keys: RedisKeys
  routes: Pick<RouteRegistry, 'live' | 'closed'>
  log: Log
  /** Called after each sweep. */
  onSwept?: () => void
}

export interface JobSweepTimes {
  /** The first sweep starts at a random time within this interval, because processes are often started together. */
  firstWithinMs: number
  everyMs: number
  /** Lease of the sweeping process. Another process takes over this long after it died. */
  leaseMs: number
}

/** Finished jobs of all queues may exceed their bounds for an hour. Until then BullMQ bounds each queue. */
const HOURLY: JobSweepTimes = { firstWithinMs: 60_000, everyMs: 3_600_000, leaseMs: 60_000 }

/** Sweeps the finished jobs of all live and closed routes. One of the processes that call this sweeps at a time. */
export function startJobSweeps(
  deps: JobSweepDeps,
  { firstWithinMs, everyMs, leaseMs }: JobSweepTimes = HOURLY,
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { redis, keys } = deps
  const leading = { redis, key: keys.jobSweeps, leaseMs, signal: stopping.signal }
  const running = runAsLeader(leading, async (signal) => {
    await sleep(Math.random() * firstWithinMs, { signal })
    while (!signal.aborted) {
      await sweepOnce(deps)
      await sleep(everyMs, { signal })
    }
  })
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** A failed sweep is logged; the next sweep removes the same jobs. */
async function sweepOnce({ redis, keys, routes, log, onSwept }: JobSweepDeps): Promise<void> {
  try {
    const [live, closed] = await Promise.all([routes.live(), routes.closed()])
    const queues = [...live, ...closed].map(({ queue }) => queue)
    const removed = await sweepJobs({ redis, keys }, queues)
    if (removed.completed + removed.failed > 0) log.info(removed, 'removed finished jobs')
    onSwept?.()
  } catch (error) {
    log.warn({ err: error }, 'could not remove finished jobs; the next sweep will retry')
  }
}
