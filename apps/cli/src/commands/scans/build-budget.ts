import type { Budget } from '@capstan/shared/contract/scan/budget'

export interface BudgetOptions {
  maxCost?: number
  maxTokens?: number
  maxFailures?: number
}

/** Builds the budget from options; undefined without any budget option. */
export function buildBudget({
  maxCost,
  maxTokens,
  maxFailures,
}: BudgetOptions): Budget | undefined {
  const budget: Budget = {
    ...(maxCost === undefined ? {} : { maxCostUsd: maxCost }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
  }
  return Object.keys(budget).length > 0 ? budget : undefined
}
