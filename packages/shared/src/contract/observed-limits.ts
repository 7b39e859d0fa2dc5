/** What a provider counts. Most give the first three, OpenAI-like ones the first and `tokens` (input and output in one). */
export const DIMENSIONS = ['requests', 'input-tokens', 'output-tokens', 'tokens'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Limits as one answer's headers told them, whichever vendor wrote them. */
export type ObservedLimits = Partial<Record<Dimension, ObservedLimit>>
export interface ObservedLimit {
  /** Per minute. */
  limit: number
  remaining: number
  /** Until all of it is there again. */
  resetMs?: number | undefined
  /** The vendor rounds `remaining` to a multiple of it; 1 when exact. */
  roundedTo: number
}
