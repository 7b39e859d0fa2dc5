import { z } from 'zod'
import type { DailyLimits } from '@capstan/shared/contract/daily-budget'

/** Settings of what all scans together may spend on a day. */
export const DailyBudgetSettings = {
  CAPSTAN_DAILY_MAX_COST_USD: z.coerce
    .number()
    .min(0.000_001)
    .max(1_000_000)
    .optional()
    .describe(
      'Daily budget of all scans in US dollars, per UTC day. A scan pauses before the call that would exceed it and resumes after midnight. Set it on every worker.',
    ),
  CAPSTAN_DAILY_MAX_TOKENS: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('Daily budget of all scans in tokens: input, cached and output.'),
}

type DaySource = {
  [name in keyof typeof DailyBudgetSettings]?: z.infer<(typeof DailyBudgetSettings)[name]>
}

/** The limits that are set. */
export function readDailyLimits(config: DaySource): DailyLimits {
  const { CAPSTAN_DAILY_MAX_COST_USD: maxCostUsd, CAPSTAN_DAILY_MAX_TOKENS: maxTokens } = config
  return {
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  }
}
