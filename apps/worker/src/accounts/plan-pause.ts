import { findBlock } from '@capstan/limits/limiter/find-block'
import type { Route } from '@capstan/scan-store/routes/route'
import type { AccountSnapshot } from './rank-accounts.ts'

/** A pause of the route for all workers, or for this process alone when another one can continue. */
export interface RoutePauseRequest {
  forMs: number
  /** The account whose limits are the reason; null when none is known. */
  account: string | null
  model: string
  because: string
  scope: 'route' | 'process'
}

/** A fallback model of another worker that this worker does not have. */
export interface RemoteFallback {
  /** Milliseconds until it may be called; 0: now. */
  blockedMs: number
}

export interface PauseInput {
  /** Accounts of the route, the one with the most headroom first. */
  own: AccountSnapshot[]
  /** Accounts of each fallback model of this worker, in the same order. */
  fallbacks: AccountSnapshot[][]
  remote: RemoteFallback[]
}

/** The reason when no provider asked for the wait. */
const LIMIT_REACHED = 'its limits of requests or tokens are used up for longer than a slot is held'

/**
 * Plans the pause of a route that may not be called for `waitMs`. It ends earlier when a fallback model may be called earlier.
 * Only this process pauses while another worker has a fallback model that may be called now.
 */
export function planPause(
  { own, fallbacks, remote }: PauseInput,
  { model }: Pick<Route, 'model'>,
  waitMs: number,
): RoutePauseRequest {
  const [best] = own
  const block = best && findBlock(best.snapshot)
  const pause = {
    account: best?.account.name ?? null,
    model,
    because: block?.because ?? LIMIT_REACHED,
  }
  if (remote.some(({ blockedMs }) => blockedMs === 0)) {
    return { ...pause, forMs: waitMs, scope: 'process' }
  }
  const others = [...fallbacks.flatMap(listBlockMs), ...remote.map(({ blockedMs }) => blockedMs)]
  return { ...pause, forMs: Math.min(waitMs, ...others), scope: 'route' }
}

/** A fallback model that may be called now is left out: it was just asked in vain. */
function listBlockMs([best]: AccountSnapshot[]): number[] {
  const forMs = best && findBlock(best.snapshot)?.forMs
  return forMs ? [forMs] : []
}
