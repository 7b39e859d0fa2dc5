import { findBlock } from '@capstan/limits/limiter/find-block'
import type { HedgeBudget } from '@capstan/limits/budgets/hedge-budget'
import type { Limiter, LimitsSnapshot, LimitKey } from '@capstan/limits/types'

const LOOK_AGAIN_MS = 500
/** 95 of 100 values of a normal distribution are below the mean and so many sigmas; times are lognormal. */
const P95_SIGMAS = 1.645
const MEDIANS = 1.8
/** Below it the second call would take what first calls need. */
const LEAST_LEFT = 0.3

/**
 * Milliseconds until a call that runs for `elapsedMs` may be made a second time, or is to be looked at again;
 * 0 when it may now, which is then counted.
 */
export async function computeHedgeDelay(
  limiter: Pick<Limiter, 'snapshot'>,
  budget: Pick<HedgeBudget, 'spend'>,
  limitKey: LimitKey,
  elapsedMs: number,
): Promise<number> {
  const snapshot = await limiter.snapshot(limitKey)
  if (!snapshot.latency) return LOOK_AGAIN_MS
  const leftMs = unusualMs(snapshot.latency) - elapsedMs
  if (leftMs > 0) return Math.min(leftMs, LOOK_AGAIN_MS)
  return hasRoom(snapshot) && (await budget.spend()) ? 0 : LOOK_AGAIN_MS
}

function unusualMs({ medianMs, sigma }: NonNullable<LimitsSnapshot['latency']>): number {
  return Math.max(medianMs * Math.exp(P95_SIGMAS * sigma), MEDIANS * medianMs)
}

function hasRoom(snapshot: LimitsSnapshot): boolean {
  if (findBlock(snapshot) || snapshot.breaker.state !== 'closed') return false
  const limits = Object.values(snapshot.dimensions)
  return limits.every(({ available, capacity }) => available / capacity > LEAST_LEFT)
}
