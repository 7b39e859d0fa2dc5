import { z } from 'zod'

export const Usage = z.object({
  /** Prompt tokens at the full price. */
  inputTokens: z.int().nonnegative(),
  /** Prompt tokens read from the prompt cache of the provider. Not part of `inputTokens`. */
  cachedTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  /** Tokens among these that are estimates. Absent when the provider reported all of them. */
  estimatedTokens: z.int().positive().optional(),
})
export type Usage = z.infer<typeof Usage>

export const NO_USAGE: Usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 }
