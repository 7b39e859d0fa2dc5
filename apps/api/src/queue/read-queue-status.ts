import { openBatchStore } from '@capstan/scan-store/batches/batch-store'
import { readActiveScans } from '@capstan/scan-store/routes/active-scan'
import { z } from 'zod'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import { Provider } from '@capstan/shared/contract/provider'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import { selectServingWorkers } from '../providers/serving-workers.ts'
import { JobCounts, readRouteStatuses, type RouteQueueStatus } from './read-route-statuses.ts'

const RouteView = z.object({
  queue: z.string().describe('Name of the BullMQ queue.'),
  provider: Provider,
  model: z.string(),
  counts: JobCounts,
  backlog: z.int().describe('Unfinished jobs: waiting, prioritized, delayed and active.'),
  rateLimit: z
    .object({
      max: z.int().describe('Maximum number of job starts in one window.'),
      windowMs: z.int(),
      boundForMs: z
        .int()
        .describe('Time until the next job start; 0 while the limit is not reached.'),
    })
    .nullable()
    .describe('Rate limit of the queue. Null while the limits of its accounts are unknown.'),
  pause: z
    .object({
      account: z.string().nullable(),
      model: z.string(),
      because: z.string().describe('The cause, as reported by the provider where available.'),
      until: z.iso.datetime(),
    })
    .nullable()
    .describe('Pause of the route. POST /providers/{id}/resume ends it.'),
  workers: z.int().describe('Number of live workers that serve its provider.'),
  desiredWorkers: z
    .int()
    .describe(
      'Worker processes that the backlog can keep busy; at least 1 while a scan with execution batch is unfinished.',
    ),
})

export const QueueStatus = z.object({
  paused: z.boolean().describe('Whether the queues are paused. POST /queue/resume resumes them.'),
  counts: JobCounts.describe('Sum over all routes.'),
  backlog: z.int(),
  workers: z.int().describe('Number of worker processes with a heartbeat within the last 20 s.'),
  desiredWorkers: z
    .int()
    .describe(
      'Maximum over routes, because a process has separate slots on each. For KEDA metrics-api.',
    ),
  providers: z.array(
    z.object({ provider: Provider, backlog: z.int(), workers: z.int(), desiredWorkers: z.int() }),
  ),
  routes: z.array(RouteView).describe('Live routes, each with one queue.'),
})
export type QueueStatus = z.infer<typeof QueueStatus>
type RouteView = z.infer<typeof RouteView>

/** Assumed slots of a worker process while no worker is running. */
const ASSUMED_CONCURRENCY = 10

/** Reads the state of the queues of all live routes and the desired number of workers. */
export async function readQueueStatus(
  deps: Pick<ApiDeps, 'redis' | 'keys' | 'routes'>,
): Promise<QueueStatus> {
  const [live, workers, pausedFlag, batchQueues] = await Promise.all([
    deps.routes.live(),
    listWorkers(deps.redis, deps.keys),
    deps.redis.exists(deps.keys.queuesPaused),
    readBatchQueues(deps),
  ])
  const statuses = await readRouteStatuses(deps, live)
  const paused = pausedFlag === 1
  const routes = statuses
    .map((status) => {
      const hasBatches = batchQueues.has(status.queue)
      return toRouteView(status, selectServingWorkers(workers, status.provider), {
        paused,
        hasBatches,
      })
    })
    .toSorted((a, b) => a.queue.localeCompare(b.queue))
  const counts = sumCounts(routes)
  return {
    paused,
    counts,
    backlog: sumBacklog(counts),
    workers: workers.length,
    desiredWorkers: computeMaxDesiredWorkers(routes),
    providers: PROVIDERS.flatMap((provider) => {
      const own = routes.filter((route) => route.provider === provider)
      if (own.length === 0) return []
      const backlog = own.reduce((sum, route) => sum + route.backlog, 0)
      const servingCount = selectServingWorkers(workers, provider).length
      return [
        { provider, backlog, workers: servingCount, desiredWorkers: computeMaxDesiredWorkers(own) },
      ]
    }),
    routes,
  }
}

function toRouteView(
  status: RouteQueueStatus,
  workers: WorkerStatus[],
  { paused, hasBatches }: { paused: boolean; hasBatches: boolean },
): RouteView {
  const { queue, provider, model, counts, rateLimit, pause } = status
  const backlog = sumBacklog(counts)
  const slots = workers.reduce((sum, { concurrency }) => sum + concurrency, 0)
  const perWorker = workers.length === 0 ? ASSUMED_CONCURRENCY : slots / workers.length
  return {
    queue,
    provider,
    model,
    counts,
    backlog,
    rateLimit,
    pause: pause && {
      account: pause.account,
      model: pause.model,
      because: pause.because,
      until: new Date(pause.untilMs).toISOString(),
    },
    workers: workers.length,
    desiredWorkers: Math.max(
      paused || pause ? 0 : Math.ceil(backlog / perWorker),
      // Batches continue during a pause and need a worker that polls them.
      Number(hasBatches),
    ),
  }
}

function sumBacklog({ waiting, prioritized, delayed, active }: JobCounts): number {
  return waiting + prioritized + delayed + active
}

function computeMaxDesiredWorkers(routes: RouteView[]): number {
  return Math.max(0, ...routes.map(({ desiredWorkers }) => desiredWorkers))
}

function sumCounts(routes: RouteView[]): JobCounts {
  const sum: JobCounts = {
    waiting: 0,
    prioritized: 0,
    delayed: 0,
    active: 0,
    completed: 0,
    failed: 0,
  }
  for (const { counts } of routes) {
    for (const state of JobCounts.keyof().options) sum[state] += counts[state]
  }
  return sum
}

/** Returns the queues of routes with an unfinished scan that uses batches. */
async function readBatchQueues({
  redis,
  keys,
}: Pick<ApiDeps, 'redis' | 'keys'>): Promise<Set<string>> {
  const [batched, active] = await Promise.all([
    openBatchStore(redis, keys).listScans(),
    readActiveScans(redis, keys),
  ])
  return new Set(batched.flatMap((scanId) => active.get(scanId)?.queue ?? []))
}
