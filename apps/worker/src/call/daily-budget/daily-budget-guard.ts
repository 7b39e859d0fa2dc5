import type { Usage } from '@capstan/shared/contract/usage'
import type { DailyLimits } from '@capstan/shared/contract/daily-budget'
import type { DailyBudget, SpendAmount } from '@capstan/limits/daily-budget/daily-budget'
import { ItemError } from '@capstan/shared/errors'
import { totalTokens } from '@capstan/shared/inference/add-usage'
import type { Log } from '@capstan/shared/log'
import { computeCostUsd, type Price } from '@capstan/shared/prices/price'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { UNDER_PERMIT_MS, STORE_MS } from '../../accounts/time-limits.ts'

/** One call, or one batch, before it is sent. */
export interface PlannedSpend {
  /** Unique; a repeated id names the same call. */
  id: string
  model: string
  /** Null when it is unknown. */
  price: Price | null
  /** Estimated. */
  usage: Usage
  /** How long the reservation lasts: longer than the call can take. */
  ttlMs: number
}

/** Guards the daily budget of all scans: no call is sent without a reservation. */
export interface DailyBudgetGuard {
  /** Reserves the estimate of a call. Throws ItemError, on which the scan pauses, when too little is left of the day. */
  reserve(spend: PlannedSpend): Promise<void>
  /** Replaces the reservation by the actual usage; `unknown` counts as estimated. Never throws. */
  settle(spend: Pick<PlannedSpend, 'id' | 'price'>, used: Usage | 'unknown'): Promise<void>
}

export interface DailyBudgetGuardDeps {
  budget: DailyBudget
  limits: DailyLimits
  /** Called for each rejected call. */
  onRejected: () => void
  log: Log
}

/**
 * Without limits nothing is reserved, and usage is counted all the same. With limits an unreachable Redis rejects every call.
 */
export function openDailyBudgetGuard(deps: DailyBudgetGuardDeps): DailyBudgetGuard {
  const { budget, limits, onRejected, log } = deps
  const isLimited = limits.maxCostUsd !== undefined || limits.maxTokens !== undefined
  return {
    reserve: async ({ id, model, price, usage, ttlMs }) => {
      if (!isLimited) return
      const reserving = budget.reserve(id, computeAmount(usage, price), ttlMs, limits)
      const result = await withTimeout(reserving, UNDER_PERMIT_MS, 'the daily budget')
      if (result.outcome === 'reserved') return
      onRejected()
      throw result.outcome === 'unpriced'
        ? createUnknownPriceError(model)
        : createUsedUpError(result, limits)
    },
    settle: async ({ id, price }, used) => {
      const amount = used === 'unknown' ? used : computeAmount(used, price)
      const settling = budget.settle(id, amount, limits)
      const crossed = await withTimeout(settling, STORE_MS, 'the daily budget').catch(
        (error: unknown) => {
          log.warn({ err: error }, 'could not count the usage of a call in the daily budget')
        },
      )
      if (crossed) log.warn({ limit: crossed, ...limits }, '80 % of the daily budget is spent')
    },
  }
}

function computeAmount(usage: Usage, price: Price | null): SpendAmount {
  const tokens = totalTokens(usage)
  return { tokens, costUsd: computeCostUsd(usage, price), estimatedTokens: usage.estimatedTokens }
}

function createUsedUpError(
  { limit, until }: { limit: keyof DailyLimits; until: string },
  { maxTokens, maxCostUsd }: DailyLimits,
): ItemError {
  const max = limit === 'maxTokens' ? `${maxTokens} tokens` : `$${maxCostUsd}`
  return new ItemError(
    'budget_exceeded',
    'pause-scan',
    `The next call would exceed the daily budget of all scans (${max}); the scan resumes at ${until}`,
    {
      until,
      hint: 'Wait, the scan resumes by itself then; or give the workers a larger CAPSTAN_DAILY_MAX_TOKENS or CAPSTAN_DAILY_MAX_COST_USD and resume the scan.',
    },
  )
}

function createUnknownPriceError(model: string): ItemError {
  return new ItemError(
    'budget_exceeded',
    'pause-scan',
    `The price of ${model} is unknown, so CAPSTAN_DAILY_MAX_COST_USD cannot be enforced`,
    { hint: 'Set it in CAPSTAN_PRICES of the workers, or limit the tokens of a day instead.' },
  )
}
