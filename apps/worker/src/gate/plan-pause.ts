import { findBlock } from '@capstan/limits/limiter/find-block'
import type { RoutePauseRequest } from '../consume/disposition.ts'
import type { Standing } from './rank-accounts.ts'

/** A fallback model that another worker has and this one lacks. */
export interface FallbackElsewhere {
  /** Until it may be called; 0 when it may now. */
  blockedMs: number
}

export interface PauseFacts {
  /** Accounts of the route, the best to call first. */
  own: Standing[]
  /** The same of each fallback model of this worker. */
  fallbacks: Standing[][]
  elsewhere: FallbackElsewhere[]
}

/** What is said of a wait for a limit of requests or tokens: no provider asked for it. */
const LIMIT_REACHED = 'its limits of requests or tokens are used up for longer than a slot is held'

/**
 * Who starts nothing while a route may not be called for `waitMs`. The whole route, until the first of its accounts and of
 * its fallback models may be called; but this process alone while another worker has a fallback model that may be called now.
 */
export function planPause(
  { own, fallbacks, elsewhere }: PauseFacts,
  { model }: { model: string },
  waitMs: number,
): RoutePauseRequest {
  const [best] = own
  const block = best && findBlock(best.snapshot)
  const pause = {
    account: best?.account.name ?? null,
    model,
    because: block?.because ?? LIMIT_REACHED,
  }
  if (elsewhere.some(({ blockedMs }) => blockedMs === 0)) {
    return { ...pause, forMs: waitMs, scope: 'process' }
  }
  const others = [...fallbacks.flatMap(blockedFor), ...elsewhere.map(({ blockedMs }) => blockedMs)]
  return { ...pause, forMs: Math.min(waitMs, ...others), scope: 'route' }
}

/** Until a fallback model may be called; nothing of one that may now, because it has just been asked in vain. */
function blockedFor([best]: Standing[]): number[] {
  const forMs = best && findBlock(best.snapshot)?.forMs
  return forMs ? [forMs] : []
}
