import { z } from 'zod'
import { Pricing } from './pricing.ts'

/** What all scans together may spend on a day (UTC). What is left out has no limit. */
export const DailyLimits = z.object({
  maxTokens: z.int().positive().optional(),
  maxCostUsd: z.number().positive().optional(),
})
export type DailyLimits = z.infer<typeof DailyLimits>

/** What the model calls and batches of all scans have spent today. */
export const DailyBudgetView = DailyLimits.extend({
  until: z.iso.datetime().describe('When the next day begins: midnight UTC.'),
  tokens: z.int().nonnegative(),
  calls: z.int().nonnegative().describe('Calls and batches that have ended today.'),
  costUsd: z.number().nullable().describe('Null while the price of any of it is not known.'),
  pricing: Pricing,
  knownCostUsd: z.number().describe('Of those whose price is known.'),
  unpricedTokens: z.int().nonnegative().describe('Tokens whose price nobody knows.'),
  estimatedTokens: z
    .int()
    .nonnegative()
    .describe('Of the tokens: those that are estimated, because no provider reported them.'),
  reservedTokens: z.int().nonnegative().describe('Set aside for what is under way.'),
  reservedCostUsd: z.number(),
})
export type DailyBudgetView = z.infer<typeof DailyBudgetView>
