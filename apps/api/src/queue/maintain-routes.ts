import { sleep } from '@capstan/shared/async/sleep'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { limitKeyFor } from '@capstan/limits/limit-key'
import { applyStoredPause } from '@capstan/scan-store/queue/follow-stored-pause'
import { removeOrphanedJobs } from '@capstan/scan-store/queue/remove-orphaned-jobs'
import { computeGuardLimit, setGuard, UNLIMITED_GUARD } from '@capstan/scan-store/queue/route-guard'
import { readActiveScans } from '@capstan/scan-store/routes/active-scan'
import type { RegisteredRoute } from '@capstan/scan-store/routes/route-registry'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import { serving } from '../providers/serving-workers.ts'
import { clearClosedRoutes } from './clear-closed-routes.ts'

type KeepRoutesDeps = Pick<ApiDeps, 'redis' | 'keys' | 'routes' | 'queues' | 'limiter' | 'log'>

export interface RouteKeeper {
  stop(): Promise<void>
}

const LOOK_MS = 2_000

/**
 * Keeps the queues of live routes as they should be, in every API process: moves their guards with the limits of their
 * accounts, pauses and resumes them with the stored pause of an operator, closes a route that has been idle for `idleMs`,
 * and removes what is left of closed ones. Every step may be done by several processes at once.
 */
export function keepRoutes(deps: KeepRoutesDeps, { idleMs }: { idleMs: number }): RouteKeeper {
  const stopping = new AbortController()
  const idleSince = new Map<string, number>()
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await look(deps, idleSince, idleMs)
      } catch (error) {
        if (!stopping.signal.aborted) deps.log.warn({ err: error }, 'the routes cannot be kept now')
      }
      await sleep(LOOK_MS, { signal: stopping.signal })
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

async function look(
  deps: KeepRoutesDeps,
  idleSince: Map<string, number>,
  idleMs: number,
): Promise<void> {
  const live = await deps.routes.live()
  const workers = await listWorkers(deps.redis, deps.keys)
  for (const route of live) {
    await moveGuard(deps, route, workers)
    await applyStoredPause(deps.redis, deps.keys, deps.queues.getByName(route.queue))
  }
  await freeUnused(deps, live)
  await closeIdle(deps, live, { idleSince, idleMs })
  const closed = await deps.routes.closed()
  await clearClosedRoutes(deps, closed)
  await deps.queues.keepOnly([...live, ...closed].map(({ queue }) => queue))
}

/** The accounts are those that live workers announce: this process holds none. */
async function moveGuard(
  { redis, keys, limiter }: KeepRoutesDeps,
  { queue, provider, model }: RegisteredRoute,
  workers: WorkerStatus[],
): Promise<void> {
  if (provider === 'demo') {
    await setGuard({ redis, keys, queue }, UNLIMITED_GUARD)
    return
  }
  const accounts = serving(workers, provider).flatMap((worker) =>
    worker.accounts.filter((account) => account.provider === provider),
  )
  // No account can make a call now, so the previous guard stays.
  if (accounts.length === 0) return
  const names = [...new Set(accounts.map(({ name }) => name))]
  const looks = await Promise.all(names.map((name) => limiter.snapshot(limitKeyFor(name, model))))
  await setGuard({ redis, keys, queue }, computeGuardLimit(looks))
}

/** A job that was added while its scan was cancelled keeps a route open for ever when no worker serves it. */
async function freeUnused(
  { redis, keys, queues }: KeepRoutesDeps,
  live: RegisteredRoute[],
): Promise<void> {
  const active = [...(await readActiveScans(redis, keys)).values()]
  const used = new Set(active.map(({ queue }) => queue))
  for (const { queue } of live) {
    if (!used.has(queue)) await removeOrphanedJobs({ redis, keys }, queues.getByName(queue))
  }
}

/** What is idle for a moment only, as between two scans, stays open. */
async function closeIdle(
  { routes, log }: KeepRoutesDeps,
  live: RegisteredRoute[],
  { idleSince, idleMs }: { idleSince: Map<string, number>; idleMs: number },
): Promise<void> {
  const now = performance.now()
  const names = new Set(live.map(({ queue }) => queue))
  for (const queue of idleSince.keys()) if (!names.has(queue)) idleSince.delete(queue)
  for (const { queue } of live) {
    if (!(await routes.isIdle(queue))) {
      idleSince.delete(queue)
      continue
    }
    const since = idleSince.get(queue) ?? now
    idleSince.set(queue, since)
    if (now - since < idleMs) continue
    if (await routes.closeIfIdle(queue)) log.info({ queue }, 'an idle route was closed')
  }
}
