import type { Pricing } from '../contract/pricing.ts'

/** What a cost in US dollars (null: of an unknown price) rests on when so many of its tokens are estimated. */
export function classifyPricing(costUsd: number | null, estimatedTokens = 0): Pricing {
  if (costUsd === null) return 'unknown'
  return estimatedTokens > 0 ? 'estimated' : 'known'
}
