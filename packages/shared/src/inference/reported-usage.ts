/**
 * Token counts of an answer as reported by the provider: non-negative integers. Null: no usable count. `completeUsage`
 * estimates missing counts.
 */
export interface ReportedUsage {
  /** Prompt tokens at the full price, without those read from a cache. */
  inputTokens: number | null
  cachedTokens: number
  outputTokens: number | null
  /** Input plus output, if the provider reported nothing else. */
  totalTokens: number | null
  /** Tokens in the total that no part contains, most likely reasoning. Not part of the other counts. */
  unexplainedTokens: number
}
