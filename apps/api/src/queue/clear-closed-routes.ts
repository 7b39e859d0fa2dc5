import { FINISHED_STATES, removeFinishedJobs } from '@capstan/scan-store/queue/remove-finished-jobs'
import { removeOrphanedJobs } from '@capstan/scan-store/queue/remove-orphaned-jobs'
import type { JobCounts } from '@capstan/shared/contract/queue/job-counts'
import type { ClosedRoute } from '@capstan/scan-store/routes/route-registry'
import type { ApiDeps } from '../deps.ts'
import { readRouteStatuses } from './read-route-statuses.ts'

type ClosedRouteDeps = Pick<ApiDeps, 'redis' | 'keys' | 'routes' | 'queues'>

/** Number of closed routes that keep their finished jobs. Callers may invent model names, so it needs a bound. */
const MAX_CLOSED_ROUTES = 100

/**
 * Removes leftovers of closed routes: jobs that no worker will start, finished jobs of all but the `most` most recently
 * closed routes, and the keys of empty queues.
 */
export async function clearClosedRoutes(
  deps: ClosedRouteDeps,
  closed: ClosedRoute[],
  maxRoutes: number = MAX_CLOSED_ROUTES,
): Promise<void> {
  const newestFirst = closed.toSorted((a, b) => b.closedAtMs - a.closedAtMs)
  const statuses = await readRouteStatuses(deps, newestFirst)
  for (const [index, { queue, counts }] of statuses.entries()) {
    if (hasUnfinished(counts)) await removeOrphanedJobs(deps, deps.queues.getByName(queue))
    if (index >= maxRoutes) await removeAllFinished(deps, queue)
    if (index >= maxRoutes || isEmpty(counts)) await deps.routes.removeIfEmpty(queue)
  }
}

async function removeAllFinished(deps: ClosedRouteDeps, queue: string): Promise<void> {
  for (const state of FINISHED_STATES) {
    await removeFinishedJobs(deps, { queue, state, untilMs: Number.MAX_SAFE_INTEGER })
  }
}

function hasUnfinished({ waiting, prioritized, delayed, active }: JobCounts): boolean {
  return waiting + prioritized + delayed + active > 0
}

function isEmpty(counts: JobCounts): boolean {
  return Object.values(counts).every((count) => count === 0)
}
