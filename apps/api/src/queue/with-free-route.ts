import type { RouteBoundScope } from '@capstan/scan-store/journal/open/new-scan'
import type { ApiDeps } from '../deps.ts'

interface RouteOutcome {
  outcome: string
  bound?: RouteBoundScope
}

/**
 * Runs an operation that opens a route. When the bound of the installation rejects it, closes idle routes and runs it
 * once more.
 */
export async function withFreeRoute<T extends RouteOutcome>(
  deps: Pick<ApiDeps, 'routes'>,
  run: () => Promise<T>,
): Promise<T> {
  const first = await run()
  const isFull = first.outcome === 'overloaded' && first.bound === 'installation'
  if (!isFull || (await closeIdleRoutes(deps)) === 0) return first
  return run()
}

/** Closes every idle live route, without waiting for the idle time. Returns the number of closed routes. */
async function closeIdleRoutes({ routes }: Pick<ApiDeps, 'routes'>): Promise<number> {
  const live = await routes.live()
  const closed = await Promise.all(live.map(({ queue }) => routes.closeIfIdle(queue)))
  return closed.filter(Boolean).length
}
