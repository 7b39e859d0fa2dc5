import { findBlock } from '@capstan/limits/limiter/find-block'
import type { Price } from '@capstan/shared/prices/price'
import type { Route } from '@capstan/scan-store/routes/route'
import { MAX_WAIT_MS } from './time-limits.ts'
import type { AccountSnapshot } from './rank-accounts.ts'

/** A model that answers instead of the model of the scan during an outage. */
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
 * Chooses the fallback model of a route when all its accounts are down: the circuit breaker has been open for `afterMs`, or the
 * provider asked for a pause longer than a slot waits. Undefined while an account is up, or without a usable fallback model. A
 * rejected key or quota pauses the scan instead, and calls wait for a rate limit.
 */
export async function chooseFallback(
  fallback: Fallback,
  route: Route,
  rank: Rank,
): Promise<FallbackModel | undefined> {
  const isDown = ({ snapshot: { breaker, paused } }: AccountSnapshot): boolean =>
    (breaker.state !== 'closed' && breaker.unhealthyMs >= fallback.afterMs) ||
    (paused?.forMs ?? 0) > MAX_WAIT_MS
  const accounts = await rank(route)
  if (accounts.length === 0 || !accounts.every(isDown)) return undefined
  for (const model of listFallbacks(fallback, route)) {
    const [best] = await rank(model)
    if (best && !isDown(best) && !findBlock(best.snapshot)) return model
  }
  return undefined
}

/** Lists the fallback models except the model of the route. */
export function listFallbacks({ models }: Pick<Fallback, 'models'>, route: Route): FallbackModel[] {
  return models.filter(
    ({ provider, model }) => provider !== route.provider || model !== route.model,
  )
}
