import type { Price } from './price.ts'

interface Estimate {
  /** Input and output. */
  estimatedTokens: number
  /** Cost at the planned price. Null when that price is unknown. */
  estimatedCostUsd?: number | null
}

/**
 * Upper bound of the cost in US dollars of a call that was estimated at the price `planned` and is made at the price `real`.
 * The split of its tokens into input and output is unknown here. 0 when `real` is unknown.
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
