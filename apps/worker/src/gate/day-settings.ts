import { z } from 'zod'
import type { DayLimits } from '@capstan/shared/contract/day'

/** Settings of what all scans together may spend on a day. */
export const DayConfig = {
  CAPSTAN_DAY_MAX_COST_USD: z.coerce
    .number()
    .min(0.000_001)
    .max(1_000_000)
    .optional()
    .describe(
      'What all scans together may cost on a day (UTC), in US dollars. The call that would pass it is not made: its scan pauses and goes on by itself after midnight. Give it to every worker.',
    ),
  CAPSTAN_DAY_MAX_TOKENS: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('The same in tokens: input, cached and output together.'),
}

type DaySource = {
  [name in keyof typeof DayConfig]?: z.infer<(typeof DayConfig)[name]>
}

/** The limits that are set. */
export function dayLimitsOf(config: DaySource): DayLimits {
  const { CAPSTAN_DAY_MAX_COST_USD: maxCostUsd, CAPSTAN_DAY_MAX_TOKENS: maxTokens } = config
  return {
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  }
}
