import { sleep } from '@capstan/shared/async/sleep'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { applyStoredPause } from '@capstan/scan-store/queue/apply-stored-pause'
import { removeOrphanedJobs } from '@capstan/scan-store/queue/remove-orphaned-jobs'
import { computeGuardLimit, setGuard, UNLIMITED_GUARD } from '@capstan/scan-store/queue/route-guard'
import { readActiveScans } from '@capstan/scan-store/routes/active-scan'
import type { RegisteredRoute } from '@capstan/scan-store/routes/route-registry'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'
import { selectServingWorkers } from '../providers/serving-workers.ts'
import { clearClosedRoutes } from './clear-closed-routes.ts'

type KeepRoutesDeps = Pick<ApiDeps, 'redis' | 'keys' | 'routes' | 'queues' | 'limiter' | 'log'>

export interface RouteMaintenance {
  stop(): Promise<void>
}

const INTERVAL_MS = 2_000

/**
 * Maintains the queues of live routes in every API process. Adjusts their rate limits to the limits of the accounts,
 * applies the stored pause of an operator, closes a route that has been idle for `idleMs`, and removes leftovers of
 * closed routes. Several processes may run each step at once.
 */
export function maintainRoutes(
  deps: KeepRoutesDeps,
  { idleMs }: { idleMs: number },
): RouteMaintenance {
  const stopping = new AbortController()
  const idleSince = new Map<string, number>()
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await runOnce(deps, idleSince, idleMs)
      } catch (error) {
        if (!stopping.signal.aborted)
          deps.log.warn({ err: error }, 'maintaining the routes failed; the next round tries again')
      }
      await sleep(INTERVAL_MS, { signal: stopping.signal })
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

async function runOnce(
  deps: KeepRoutesDeps,
  idleSince: Map<string, number>,
  idleMs: number,
): Promise<void> {
  const live = await deps.routes.live()
  const workers = await listWorkers(deps.redis, deps.keys)
  for (const route of live) {
    await adjustGuard(deps, route, workers)
    await applyStoredPause(deps.redis, deps.keys, deps.queues.getByName(route.queue))
  }
  await removeUnusedJobs(deps, live)
  await closeIdle(deps, live, { idleSince, idleMs })
  const closed = await deps.routes.closed()
  await clearClosedRoutes(deps, closed)
  await deps.queues.keepOnly([...live, ...closed].map(({ queue }) => queue))
}

/** Uses the accounts that live workers announce, because this process holds none. */
async function adjustGuard(
  { redis, keys, limiter }: KeepRoutesDeps,
  { queue, provider, model }: RegisteredRoute,
  workers: WorkerStatus[],
): Promise<void> {
  if (provider === 'demo') {
    await setGuard({ redis, keys, queue }, UNLIMITED_GUARD)
    return
  }
  const accounts = selectServingWorkers(workers, provider).flatMap((worker) =>
    worker.accounts.filter((account) => account.provider === provider),
  )
  // No account can make a call, so the previous limit stays.
  if (accounts.length === 0) return
  const names = [...new Set(accounts.map(({ name }) => name))]
  const snapshots = await Promise.all(
    names.map((name) => limiter.snapshot({ account: name, model })),
  )
  await setGuard({ redis, keys, queue }, computeGuardLimit(snapshots))
}

/** A job that was added while its scan was canceled would keep a route without workers open. */
async function removeUnusedJobs(
  { redis, keys, queues }: KeepRoutesDeps,
  live: RegisteredRoute[],
): Promise<void> {
  const active = [...(await readActiveScans(redis, keys)).values()]
  const used = new Set(active.map(({ queue }) => queue))
  for (const { queue } of live) {
    if (!used.has(queue)) await removeOrphanedJobs({ redis, keys }, queues.getByName(queue))
  }
}

/** A route that is idle for less than `idleMs`, as between two scans, stays open. */
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
    if (await routes.closeIfIdle(queue)) log.info({ queue }, 'closed an idle route')
  }
}
