import { findBlock } from '@capstan/limits/limiter/find-block'
import type { Price } from '@capstan/shared/prices/price'
import type { Route } from '@capstan/scan-store/routes/route'
import { MAX_WAIT_MS } from '../time-limits.ts'
import type { AccountSnapshot } from './rank-accounts.ts'

/** A model that answers in place of another during an outage. */
export interface FallbackModel extends Route {
  price: Price | null
}

export interface Fallback {
  /** In the order of preference. */
  models: FallbackModel[]
  /** How long the circuit breakers of all accounts must have been open. */
  afterMs: number
}

type Rank = (route: Route) => Promise<AccountSnapshot[]>

/**
 * Chooses the fallback model for a route whose accounts all reject calls for long: the circuit breaker is open, or the provider
 * asked for a pause that is longer than a slot waits. Undefined while the route has to be called itself. A rejected key or quota
 * pauses the scan instead, and a limit is waited for.
 */
export async function chooseFallback(
  fallback: Fallback,
  route: Route,
  rank: Rank,
): Promise<FallbackModel | undefined> {
  const isDown = ({ snapshot: { breaker, paused } }: AccountSnapshot): boolean =>
    (breaker.state !== 'closed' && breaker.unhealthyMs >= fallback.afterMs) ||
    (paused?.forMs ?? 0) > MAX_WAIT_MS
  const own = await rank(route)
  if (own.length === 0 || !own.every(isDown)) return undefined
  for (const model of fallbacksFor(fallback, route)) {
    const [best] = await rank(model)
    if (best && !isDown(best) && !findBlock(best.snapshot)) return model
  }
  return undefined
}

/** The fallback models except the model of the route itself. */
export function fallbacksFor({ models }: Pick<Fallback, 'models'>, route: Route): FallbackModel[] {
  return models.filter(
    ({ provider, model }) => provider !== route.provider || model !== route.model,
  )
}
