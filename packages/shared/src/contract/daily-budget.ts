import { z } from 'zod'
import { Pricing } from './pricing.ts'

/** Daily budget of all scans, per UTC day. An absent member has no limit. */
export const DailyLimits = z.object({
  maxTokens: z.int().positive().optional(),
  maxCostUsd: z.number().positive().optional(),
})
export type DailyLimits = z.infer<typeof DailyLimits>

/** Spend of the model calls and batches of all scans today, and its limits. */
export const DailyBudgetView = DailyLimits.extend({
  until: z.iso.datetime().describe('End of the day: midnight UTC.'),
  tokens: z.int().nonnegative(),
  calls: z.int().nonnegative().describe('Number of calls and batches that ended today.'),
  costUsd: z.number().nullable().describe('Null if the price of any token is unknown.'),
  pricing: Pricing,
  knownCostUsd: z.number().describe('Cost of the tokens with a known price.'),
  unpricedTokens: z.int().nonnegative().describe('Tokens with an unknown price.'),
  estimatedTokens: z
    .int()
    .nonnegative()
    .describe('Tokens that are estimates, because the provider did not report them.'),
  reservedTokens: z.int().nonnegative().describe('Tokens reserved for running calls and batches.'),
  reservedCostUsd: z.number(),
})
export type DailyBudgetView = z.infer<typeof DailyBudgetView>
