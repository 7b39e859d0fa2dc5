import type { Budget } from '@capstan/shared/contract/scan/budget'

/** The limits of a budget as fields of the scan hash, which holds integers: money in millionths. */
export function toBudgetFields({
  maxCostUsd,
  maxTokens,
  maxFailures,
}: Budget): Record<string, number> {
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxCostUsd === undefined ? {} : { maxCostMicros: Math.floor(maxCostUsd * 1_000_000) }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
  }
}
