import { z } from 'zod'
import { listWorkers } from '@capstan/shared/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'

export const QueueStatus = z.object({
  name: z.string(),
  /** Nothing of any scan is started while it is. */
  paused: z.boolean(),
  counts: z.object({
    waiting: z.int(),
    prioritized: z.int(),
    delayed: z.int(),
    active: z.int(),
    completed: z.int(),
    failed: z.int(),
  }),
  backlog: z.int().describe('Jobs that are not done: waiting, prioritized, delayed and active.'),
  workers: z.int().describe('Worker processes heard of in the last seconds.'),
  desiredWorkers: z.int().describe('Processes the backlog can keep busy; for KEDA metrics-api.'),
})
export type QueueStatus = z.infer<typeof QueueStatus>

const STATES = ['waiting', 'prioritized', 'delayed', 'active', 'completed', 'failed'] as const
/** A new process would have this many slots when none is there to ask. */
const USUAL_CONCURRENCY = 10

/** Where the inference queue stands, and how many workers it is worth. */
export async function queueStatus(
  deps: Pick<ApiDeps, 'redis' | 'keys' | 'queue'>,
): Promise<QueueStatus> {
  const [counts, paused, workers] = await Promise.all([
    deps.queue.getJobCounts(...STATES),
    deps.queue.isPaused(),
    listWorkers(deps.redis, deps.keys),
  ])
  const count = (state: string): number => counts[state] ?? 0
  const waiting = count('waiting') + count('paused')
  const backlog = waiting + count('prioritized') + count('delayed') + count('active')
  const slots = workers.reduce((sum, { concurrency }) => sum + concurrency, 0)
  const perWorker = workers.length === 0 ? USUAL_CONCURRENCY : slots / workers.length
  return {
    name: deps.queue.name,
    paused,
    counts: {
      waiting,
      prioritized: count('prioritized'),
      delayed: count('delayed'),
      active: count('active'),
      completed: count('completed'),
      failed: count('failed'),
    },
    backlog,
    workers: workers.length,
    desiredWorkers: paused ? 0 : Math.ceil(backlog / perWorker),
  }
}
