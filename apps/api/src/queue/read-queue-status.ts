import { openBatchStore } from '@capstan/scan-store/batches/batch-store'
import { readActiveScans } from '@capstan/scan-store/routes/active-scan'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import { JobCounts } from '@capstan/shared/contract/queue/job-counts'
import type { QueueStatus } from '@capstan/shared/contract/queue/queue-status'
import type { RouteView } from '@capstan/shared/contract/queue/route-view'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import { selectServingWorkers } from '../providers/serving-workers.ts'
import { readRouteStatuses, type RouteQueueStatus } from './read-route-statuses.ts'

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
