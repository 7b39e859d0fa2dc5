import type { Price } from './price.ts'

interface Estimate {
  /** Question and answer. */
  estimatedTokens: number
  /** At the price it was planned for; null when that is not known. */
  estimatedCostUsd?: number | null
}

/**
 * What a call may cost in US dollars that was estimated at the price `planned` and is made at `real`: at least what it
 * would be, because how its tokens are shared between question and answer is not known any more. 0 when `real` is unknown.
 */
export function costAtPrice(
  { estimatedTokens, estimatedCostUsd }: Estimate,
  planned: Price | null,
  real: Price | null,
): number {
  if (!real) return 0
  const atMost = (estimatedTokens * Math.max(real.input, real.output)) / 1_000_000
  if (!estimatedCostUsd || !planned?.input || !planned.output) return atMost
  const dearer = Math.max(real.input / planned.input, real.output / planned.output)
  return Math.min(atMost, estimatedCostUsd * dearer)
}
