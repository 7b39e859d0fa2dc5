import { findBlock } from '@capstan/limits/limiter/find-block'
import type { HedgeBudget } from '@capstan/limits/budgets/hedge-budget'
import type { Limiter, LimitsSnapshot, LimitKey } from '@capstan/limits/types'

const CHECK_MS = 500
/** Standard deviations from the mean to the 95th percentile of a normal distribution; latencies are lognormal. */
const P95_SIGMAS = 1.645
const MEDIANS = 1.8
/** Share of each bucket that must be left, because hedged requests must not delay first calls. */
const MIN_FREE_SHARE = 0.3

/**
 * Returns the milliseconds until the next check whether a call that has run for `elapsedMs` may be hedged; 0: hedge it now.
 * A returned 0 is counted in the budget of hedged requests.
 */
export async function computeHedgeDelay(
  limiter: Pick<Limiter, 'snapshot'>,
  budget: Pick<HedgeBudget, 'spend'>,
  limitKey: LimitKey,
  elapsedMs: number,
): Promise<number> {
  const snapshot = await limiter.snapshot(limitKey)
  if (!snapshot.latency) return CHECK_MS
  const leftMs = computeHedgeAfterMs(snapshot.latency) - elapsedMs
  if (leftMs > 0) return Math.min(leftMs, CHECK_MS)
  return hasRoom(snapshot) && (await budget.spend()) ? 0 : CHECK_MS
}

function computeHedgeAfterMs({ medianMs, sigma }: NonNullable<LimitsSnapshot['latency']>): number {
  return Math.max(medianMs * Math.exp(P95_SIGMAS * sigma), MEDIANS * medianMs)
}

function hasRoom(snapshot: LimitsSnapshot): boolean {
  if (findBlock(snapshot) || snapshot.breaker.state !== 'closed') return false
  const limits = Object.values(snapshot.dimensions)
  return limits.every(({ available, capacity }) => available / capacity > MIN_FREE_SHARE)
}
