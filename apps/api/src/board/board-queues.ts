import { InferJob } from '@capstan/shared/contract/infer-job'
import { KEPT_JOBS } from '@capstan/shared/queue/infer-queue'
import type { ApiDeps } from '../deps.ts'
import { readRouteStatuses, type RouteStatus } from '../queue/route-status.ts'
import { readOnlyQueue, type ReadOnlyQueue } from './read-only-queue.ts'

export type BoardDeps = Pick<
  ApiDeps,
  'redis' | 'keys' | 'routes' | 'queues' | 'planQueue' | 'scheduleQueue'
>

interface Board {
  replaceQueues(queues: readonly ReadOnlyQueue[]): void
}

/**
 * Returns what makes the board show the queues that there are now: of live routes, and of closed ones that still hold
 * finished jobs. Each is described with its limit, its pause and what is kept.
 */
export function followBoardQueues(deps: BoardDeps, board: Board): () => Promise<void> {
  const shown = new Map<string, ReadOnlyQueue>()
  const others = [deps.planQueue, deps.scheduleQueue].map((queue) => readOnlyQueue(queue))
  return async () => {
    const [live, closed] = await Promise.all([deps.routes.live(), deps.routes.closed()])
    const statuses = await readRouteStatuses(deps, [...live, ...closed])
    const names = new Set(statuses.map(({ queue }) => queue))
    for (const name of shown.keys()) if (!names.has(name)) shown.delete(name)
    for (const [index, status] of statuses.entries()) {
      const adapter = shown.get(status.queue) ?? openRouteQueue(deps, status.queue)
      adapter.text = describeRoute(status, index < live.length)
      shown.set(status.queue, adapter)
    }
    const routes = [...shown.values()].toSorted((a, b) => a.getName().localeCompare(b.getName()))
    // Emptied first, because queues that stay keep their old place.
    board.replaceQueues([])
    board.replaceQueues([...routes, ...others])
  }
}

function openRouteQueue(deps: BoardDeps, name: string): ReadOnlyQueue {
  return readOnlyQueue(deps.queues.named(name), (data) => {
    const job = InferJob.safeParse(data)
    if (!job.success) return undefined
    const { scanId, resource } = job.data
    return `/api/v1/scans/${scanId}/resources/${encodeURIComponent(resource)}`
  })
}

/** What a person has to know of a queue: whose it is, why it stands still and until when, and what is kept. */
function describeRoute(status: RouteStatus, isLive: boolean): string {
  const { provider, model, paused, pause, rateLimit } = status
  const days = KEPT_JOBS.ageMs / 86_400_000
  return [
    provider === 'demo' ? 'Rules in place of a model' : `${provider}, model ${model}`,
    isLive ? undefined : 'no scan uses it now; its finished jobs are kept',
    paused ? 'PAUSED by an operator (POST /api/v1/queue/resume)' : undefined,
    pause ? pauseText(pause) : undefined,
    rateLimit ? limitText(rateLimit) : 'no limit of requests is known',
    `the newest ${KEPT_JOBS.completed} completed and ${KEPT_JOBS.failed} failed jobs of all routes are kept, at most ${days} days`,
  ]
    .filter((part) => part !== undefined)
    .join(' · ')
}

function pauseText({ account, because, untilMs }: NonNullable<RouteStatus['pause']>): string {
  const whose = account === null ? '' : ` (account ${account})`
  return `PAUSED until ${new Date(untilMs).toISOString()}${whose}: ${because}`
}

function limitText({ max, windowMs, boundForMs }: NonNullable<RouteStatus['rateLimit']>): string {
  const limit = `at most ${max} starts in ${windowMs / 1_000} s`
  return boundForMs > 0 ? `${limit}, reached for another ${Math.ceil(boundForMs / 1_000)} s` : limit
}
