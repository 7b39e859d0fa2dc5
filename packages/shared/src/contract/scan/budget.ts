import { z } from 'zod'

/** Limits of a scan. The scan pauses before the call that would exceed one. */
export const Budget = z.strictObject({
  maxCostUsd: z.number().min(0.000_001).max(1_000_000).optional(),
  /** Input, cached and output tokens together. */
  maxTokens: z.int().positive().optional(),
  /** The scan pauses when this many types have failed. */
  maxFailures: z.int().positive().max(100_000).optional(),
})
export type Budget = z.infer<typeof Budget>
export const BUDGET_LIMITS = ['maxCostUsd', 'maxTokens', 'maxFailures'] as const
