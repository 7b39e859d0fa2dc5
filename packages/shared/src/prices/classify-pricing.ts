import type { Pricing } from '../contract/pricing.ts'

/** The basis of a cost. `costUsd`: null for an unknown price. `estimatedTokens`: tokens among its tokens that are estimates. */
export function classifyPricing(costUsd: number | null, estimatedTokens = 0): Pricing {
  if (costUsd === null) return 'unknown'
  return estimatedTokens > 0 ? 'estimated' : 'known'
}
