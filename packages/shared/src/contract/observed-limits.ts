/** Dimensions of rate limits. Anthropic uses the first three; OpenAI-compatible servers use the first and `tokens` (input and output). */
export const DIMENSIONS = ['requests', 'input-tokens', 'output-tokens', 'tokens'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Limits in the headers of one response, of any vendor. */
export type ObservedLimits = Partial<Record<Dimension, ObservedLimit>>
export interface ObservedLimit {
  /** Per minute. */
  limit: number
  remaining: number
  /** Milliseconds until the limit is fully available again. */
  resetMs?: number | undefined
  /** The vendor rounds `remaining` to a multiple of this number. 1: exact. */
  roundedTo: number
}
