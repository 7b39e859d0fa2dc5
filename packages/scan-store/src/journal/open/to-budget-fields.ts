import type { Budget } from '@capstan/shared/contract/scan/budget'

/** Fields of the scan hash for the limits of a budget. Money is an integer in millionths of a dollar. */
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
