import type { RouteBoundScope } from '@capstan/scan-store/journal/new-scan'
import type { ApiDeps } from '../deps.ts'
import { closeIdleRoutes } from './close-idle-routes.ts'

interface RouteOutcome {
  outcome: string
  bound?: RouteBoundScope
}

/** Does what needs a route; when the bound of the installation refuses it, once more after idle routes were closed. */
export async function withFreeRoute<T extends RouteOutcome>(
  deps: Pick<ApiDeps, 'routes'>,
  run: () => Promise<T>,
): Promise<T> {
  const first = await run()
  const isFull = first.outcome === 'overloaded' && first.bound === 'installation'
  if (!isFull || (await closeIdleRoutes(deps)) === 0) return first
  return run()
}
