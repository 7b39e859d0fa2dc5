/**
 * The tokens of one answer as far as its provider reported them, in non-negative whole numbers. Null: nothing that can be
 * used. `completeUsage` estimates what is missing.
 */
export interface ReportedUsage {
  /** Prompt tokens billed at the full rate: without those read from a cache. */
  inputTokens: number | null
  cachedTokens: number
  outputTokens: number | null
  /** Input and output together, where nothing more was reported. */
  totalTokens: number | null
  /** Tokens that the total counts and no part explains: most likely reasoning. They are in no other number here. */
  unexplainedTokens: number
}
