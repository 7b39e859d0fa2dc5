import type { Scan } from '@capstan/shared/contract/scan/scan'

export interface PricedScan {
  demo: boolean
  usage: Pick<Scan['usage'], 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'costUsd'>
}

/** Estimates the cost of some tokens by the mean cost of a token in a scan. Null when it is unknown. */
export function estimateTokenCost({ usage, demo }: PricedScan, tokens: number): number | null {
  const { inputTokens, cachedTokens, outputTokens, costUsd } = usage
  const used = inputTokens + cachedTokens + outputTokens
  return demo || costUsd === null || used === 0 ? null : (costUsd / used) * tokens
}
