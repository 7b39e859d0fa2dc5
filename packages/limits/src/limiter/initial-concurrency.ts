import { DEFAULT_BURST_MS } from './default-burst.ts'
import { DIMENSIONS, type Dimension } from '@capstan/shared/contract/observed-limits'
import type { ConfiguredLimits } from '../types.ts'

/** What one call is expected to need. */
export interface TypicalCall {
  costs: Partial<Record<Dimension, number>>
  latencyMs: number
}

/** Enough to learn from, and little enough for a provider whose limits nobody told us. */
const WITHOUT_LIMITS = 16
const LEAST = 4

/**
 * Calls in flight that use the limits up and no more: what a full bucket lets start at once, and Little's law,
 * L = arrival rate x time in the system (Little 1961), where the scarcest dimension sets both. Between 4 and `max`.
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
  const wanted = fitting.length === 0 ? WITHOUT_LIMITS : Math.ceil(Math.min(...fitting))
  return Math.max(1, Math.min(max, Math.max(LEAST, wanted)))
}
