import { z } from 'zod'
import { InferJob, PlanJob } from '@capstan/shared/contract/scan/infer-job'
import { buildUiItemPath, buildUiScanPath } from '@capstan/scan-store/journal/ui-paths'
import type { RegisteredRoute } from '@capstan/scan-store/routes/route-registry'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import { describeMissingWorkers } from '../providers/serving-workers.ts'
import { readRouteStatuses } from '../queue/read-route-statuses.ts'
import { describeRoute, formatRouteTitle, type RouteDescription } from './describe-route.ts'
import { createReadOnlyQueue, type ReadOnlyQueue } from './read-only-queue.ts'

export type BoardDeps = Pick<
  ApiDeps,
  'redis' | 'keys' | 'routes' | 'queues' | 'planQueue' | 'scheduleQueue' | 'webhookQueue'
>

const WebhookTarget = z.object({ scan: z.string() })

interface Board {
  replaceQueues(queues: readonly ReadOnlyQueue[]): void
}

/**
 * Returns a function that updates the queues and descriptions of the board: live routes, and closed routes with
 * finished jobs.
 */
export function createBoardRefresh(deps: BoardDeps, board: Board): () => Promise<void> {
  const shown = new Map<string, ReadOnlyQueue>()
  const others = openOtherQueues(deps)
  return async () => {
    const [live, closed] = await Promise.all([deps.routes.live(), deps.routes.closed()])
    const descriptions = await describeRoutes(deps, live, closed)
    const names = new Set(descriptions.map(({ status }) => status.queue))
    for (const name of shown.keys()) if (!names.has(name)) shown.delete(name)
    for (const description of descriptions) {
      const { status } = description
      const adapter = shown.get(status.queue) ?? openRouteQueue(deps, status.queue)
      adapter.title = formatRouteTitle(status)
      adapter.text = describeRoute(description)
      shown.set(status.queue, adapter)
    }
    const routes = [...shown.values()].toSorted((a, b) => a.getName().localeCompare(b.getName()))
    // Cleared first, because existing queues keep their old position.
    board.replaceQueues([])
    board.replaceQueues([...routes, ...others])
  }
}

async function describeRoutes(
  deps: BoardDeps,
  live: RegisteredRoute[],
  closed: RegisteredRoute[],
): Promise<RouteDescription[]> {
  const [statuses, workers] = await Promise.all([
    readRouteStatuses(deps, [...live, ...closed]),
    listWorkers(deps.redis, deps.keys),
  ])
  return statuses.map((status, index) => ({
    status,
    isLive: index < live.length,
    warnings: describeMissingWorkers(workers, status.provider),
  }))
}

function openRouteQueue(deps: BoardDeps, name: string): ReadOnlyQueue {
  return createReadOnlyQueue(deps.queues.getByName(name), {
    displayText: 'Type in its scan',
    hrefFor: (data) => {
      const job = InferJob.safeParse(data)
      if (!job.success) return undefined
      const { scanId, resource } = job.data
      return buildUiItemPath(scanId, resource)
    },
  })
}

/** Opens the queues that the API itself consumes. */
function openOtherQueues({ planQueue, scheduleQueue, webhookQueue }: BoardDeps): ReadOnlyQueue[] {
  const plan = createReadOnlyQueue(planQueue, {
    displayText: 'Scan',
    hrefFor: (data) => {
      const job = PlanJob.safeParse(data)
      return job.success ? buildUiScanPath(job.data.scanId) : undefined
    },
  })
  plan.text =
    'One job for each scan: the API discovers the types of the cluster and plans their jobs.'
  const schedule = createReadOnlyQueue(scheduleQueue)
  schedule.text = 'Starts the scans of schedules; see GET /api/v1/schedules.'
  const webhook = createReadOnlyQueue(webhookQueue, {
    displayText: 'Scan',
    hrefFor: (data) => {
      const job = WebhookTarget.safeParse(data)
      return job.success ? buildUiScanPath(job.data.scan) : undefined
    },
  })
  webhook.text =
    'One job for each message to a webhook. Failed jobs are dead messages; see GET /api/v1/webhooks/{id}/deliveries.'
  return [plan, schedule, webhook]
}
