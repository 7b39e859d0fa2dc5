import { sleep } from '@capstan/shared/async/sleep'
import type { Redis } from 'ioredis'
import type { Log } from '@capstan/shared/log'
import { runAsLeader } from '@capstan/redis/lead'
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
  /** The first sweep comes at a random moment within this time: processes are often started together. */
  firstWithinMs: number
  everyMs: number
  /** How long a process that died is waited for. */
  leaseMs: number
}

/** Finished jobs may exceed their bounds for an hour; BullMQ bounds each queue meanwhile. */
const HOURLY: JobSweepTimes = { firstWithinMs: 60_000, everyMs: 3_600_000, leaseMs: 60_000 }

/** Sweeps the finished jobs of all routes, live and closed, in one of all processes that call this. */
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

/** A sweep that fails is made up for by the next one. */
async function sweepOnce({ redis, keys, routes, log, onSwept }: JobSweepDeps): Promise<void> {
  try {
    const [live, closed] = await Promise.all([routes.live(), routes.closed()])
    const queues = [...live, ...closed].map(({ queue }) => queue)
    const removed = await sweepJobs({ redis, keys }, queues)
    if (removed.completed + removed.failed > 0) log.info(removed, 'finished jobs were removed')
    onSwept?.()
  } catch (error) {
    log.warn({ err: error }, 'finished jobs could not be removed; the next sweep tries again')
  }
}
