import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import type { ScanInput } from '../../data/api.ts'

/** US dollars. The same threshold as that of `capstan scan`. */
const CONFIRM_ABOVE_USD = 1

/** Returns whether the estimate is so high that a person has to confirm it. A budget below the threshold bounds it. */
export function needsConfirmation(
  plan: { estimate: Pick<ScanPlan['estimate'], 'costUsd'> } | undefined,
  { budget }: Pick<ScanInput, 'budget'>,
): boolean {
  if (budget?.maxCostUsd !== undefined && budget.maxCostUsd <= CONFIRM_ABOVE_USD) return false
  return (plan?.estimate.costUsd?.expected ?? 0) > CONFIRM_ABOVE_USD
}
