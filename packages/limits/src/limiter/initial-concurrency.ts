import { DEFAULT_BURST_MS } from './default-burst.ts'
import { DIMENSIONS, type Dimension } from '@capstan/shared/contract/observed-limits'
import type { ConfiguredLimits } from '../types.ts'

/** Expected cost and duration of one call. */
export interface TypicalCall {
  costs: Partial<Record<Dimension, number>>
  latencyMs: number
}

/** Without configured limits: enough calls to learn from, and few enough for an unknown provider. */
const WITHOUT_LIMITS = 16
const MINIMUM = 4

/**
 * Computes the concurrency that just exhausts the limits: the calls that a full bucket lets start at once, plus Little's law,
 * L = arrival rate x time in the system (Little 1961). The scarcest dimension determines both. Between 4 and `max`.
 */
export function computeInitialConcurrency(
  perMinute: ConfiguredLimits['perMinute'],
  call: TypicalCall,
  max: number,
): number {
  const fitting = DIMENSIONS.flatMap((dimension) => {
    const limit = perMinute[dimension]
    const cost = call.costs[dimension] ?? (dimension === 'requests' ? 1 : 0)
    return limit === undefined || cost <= 0
      ? []
      : [(limit / 60_000 / cost) * (DEFAULT_BURST_MS[dimension] + call.latencyMs)]
  })
  const needed = fitting.length === 0 ? WITHOUT_LIMITS : Math.ceil(Math.min(...fitting))
  return Math.max(1, Math.min(max, Math.max(MINIMUM, needed)))
}
