import { z } from 'zod'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import { Provider } from '@capstan/shared/contract/provider'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import { serving } from '../providers/serving-workers.ts'
import { readBatchQueues } from './read-batch-queues.ts'
import { JobCounts, readRouteStatuses, type RouteStatus } from './read-route-statuses.ts'

const RouteView = z.object({
  queue: z.string().describe('Name of its BullMQ queue.'),
  provider: Provider,
  model: z.string(),
  counts: JobCounts,
  backlog: z.int().describe('Jobs that are not done: waiting, prioritized, delayed and active.'),
  rateLimit: z
    .object({
      max: z.int().describe('Most starts of jobs in one window.'),
      windowMs: z.int(),
      boundForMs: z.int().describe('How long it still lets no job start; 0 when it does not bind.'),
    })
    .nullable()
    .describe('Outer guard of the queue. Null while the limits of its accounts are not known.'),
  pause: z
    .object({
      account: z.string().nullable(),
      model: z.string(),
      because: z.string().describe('In the words of the provider where it gave any.'),
      until: z.iso.datetime(),
    })
    .nullable()
    .describe('Why no worker starts a job of the route. POST /providers/{id}/resume ends it.'),
  workers: z.int().describe('Live workers that serve its provider.'),
  desiredWorkers: z
    .int()
    .describe(
      'Processes that its backlog can keep busy; at least 1 while a scan by batch is unfinished.',
    ),
})

export const QueueStatus = z.object({
  paused: z.boolean().describe('Nothing of any scan is started until POST /queue/resume.'),
  counts: JobCounts.describe('Sums over all routes.'),
  backlog: z.int(),
  workers: z.int().describe('Worker processes with a heartbeat in the last 20 s.'),
  desiredWorkers: z
    .int()
    .describe(
      'The maximum over routes: a process has slots of its own on each. For KEDA metrics-api.',
    ),
  providers: z.array(
    z.object({ provider: Provider, backlog: z.int(), workers: z.int(), desiredWorkers: z.int() }),
  ),
  routes: z.array(RouteView).describe('Live routes, one queue each.'),
})
export type QueueStatus = z.infer<typeof QueueStatus>
type RouteView = z.infer<typeof RouteView>

/** A new process would have this many slots on a route when none is there to ask. */
const USUAL_CONCURRENCY = 10

/** Where the queues of all live routes stand, and how many workers they are worth. */
export async function queueStatus(
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
      return routeView(status, serving(workers, status.provider), { paused, hasBatches })
    })
    .toSorted((a, b) => a.queue.localeCompare(b.queue))
  const counts = sumCounts(routes)
  return {
    paused,
    counts,
    backlog: backlogOf(counts),
    workers: workers.length,
    desiredWorkers: mostDesired(routes),
    providers: PROVIDERS.flatMap((provider) => {
      const own = routes.filter((route) => route.provider === provider)
      if (own.length === 0) return []
      const backlog = own.reduce((sum, route) => sum + route.backlog, 0)
      const serves = serving(workers, provider).length
      return [{ provider, backlog, workers: serves, desiredWorkers: mostDesired(own) }]
    }),
    routes,
  }
}

function routeView(
  status: RouteStatus,
  workers: WorkerStatus[],
  { paused, hasBatches }: { paused: boolean; hasBatches: boolean },
): RouteView {
  const { queue, provider, model, counts, rateLimit, pause } = status
  const backlog = backlogOf(counts)
  const slots = workers.reduce((sum, { concurrency }) => sum + concurrency, 0)
  const perWorker = workers.length === 0 ? USUAL_CONCURRENCY : slots / workers.length
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
      // Batches go on while no job starts, and a worker has to look after them.
      Number(hasBatches),
    ),
  }
}

function backlogOf({ waiting, prioritized, delayed, active }: JobCounts): number {
  return waiting + prioritized + delayed + active
}

function mostDesired(routes: RouteView[]): number {
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
