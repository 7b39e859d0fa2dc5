import { z } from 'zod'

/** What a scan may spend and how often it may fail. It pauses before the call that would pass a limit. */
export const Budget = z.strictObject({
  maxCostUsd: z.number().min(0.000_001).max(1_000_000).optional(),
  /** Input, cached and output tokens together. */
  maxTokens: z.int().positive().optional(),
  /** Types that may fail; the scan pauses when as many have. */
  maxFailures: z.int().positive().max(100_000).optional(),
})
export type Budget = z.infer<typeof Budget>
export const BUDGET_LIMITS = ['maxCostUsd', 'maxTokens', 'maxFailures'] as const
