import type { Budget } from '@capstan/shared/contract/scan/budget'

export interface BudgetOptions {
  maxCost?: number
  maxTokens?: number
  maxFailures?: number
}

/** The budget that options name; undefined when they name none. */
export function budgetOf({ maxCost, maxTokens, maxFailures }: BudgetOptions): Budget | undefined {
  const budget: Budget = {
    ...(maxCost === undefined ? {} : { maxCostUsd: maxCost }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
  }
  return Object.keys(budget).length > 0 ? budget : undefined
}
