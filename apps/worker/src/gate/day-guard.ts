import { totalTokens } from '@capstan/shared/inference/add-usage'
import type { Usage } from '@capstan/shared/contract/usage'
import type { DailyLimits } from '@capstan/shared/contract/day'
import type { DailyBudget, SpendAmount } from '@capstan/limits/daily-budget/daily-budget'
import { ItemError } from '@capstan/shared/errors'
import { computeCostUsd, type Price } from '@capstan/shared/prices/price'
import type { Log } from '@capstan/shared/log'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { IN_TURN_MS, STORE_MS } from '../time-limits.ts'

/** One call, or one batch, before it is made. */
export interface Spending {
  /** Unique; the same one again is the same call. */
  id: string
  model: string
  /** Null when nobody knows it. */
  price: Price | null
  /** By estimate. */
  usage: Usage
  /** Longer than it can take. */
  forMs: number
}

/** The one way past the budget of the day: no call without it. */
export interface DayGuard {
  /** Sets aside what a call may spend. Throws ItemError, on which the scan pauses, when the day has not so much left. */
  enter(spending: Spending): Promise<void>
  /** Counts what it has used in place of that; `unknown` counts as estimated. Never throws. */
  leave(spending: Pick<Spending, 'id' | 'price'>, used: Usage | 'unknown'): Promise<void>
}

export interface DayGuardDeps {
  budget: DailyBudget
  limits: DailyLimits
  /** Told of each call that was not made. */
  onRefusal: () => void
  log: Log
}

/**
 * Without limits nothing is asked before a call, and what it used is counted all the same. A Redis that cannot be asked
 * lets no call past a limit.
 */
export function openDayGuard({ budget, limits, onRefusal, log }: DayGuardDeps): DayGuard {
  const isLimited = limits.maxCostUsd !== undefined || limits.maxTokens !== undefined
  return {
    enter: async ({ id, model, price, usage, forMs }) => {
      if (!isLimited) return
      const asking = budget.reserve(id, sumOf(usage, price), forMs, limits)
      const answer = await withTimeout(asking, IN_TURN_MS, 'the budget of the day')
      if (answer.outcome === 'reserved') return
      onRefusal()
      throw answer.outcome === 'unpriced' ? unpriced(model) : usedUp(answer, limits)
    },
    leave: async ({ id, price }, used) => {
      const sum = used === 'unknown' ? used : sumOf(used, price)
      const settling = budget.settle(id, sum, limits)
      const told = await withTimeout(settling, STORE_MS, 'the budget of the day').catch(
        (error: unknown) => {
          log.warn({ err: error }, 'what a call has used could not be counted to its day')
        },
      )
      if (told)
        log.warn({ limit: told, ...limits }, 'four fifths of the budget of the day are spent')
    },
  }
}

function sumOf(usage: Usage, price: Price | null): SpendAmount {
  const tokens = totalTokens(usage)
  return { tokens, costUsd: computeCostUsd(usage, price), estimatedTokens: usage.estimatedTokens }
}

function usedUp(
  { limit, until }: { limit: keyof DailyLimits; until: string },
  { maxTokens, maxCostUsd }: DailyLimits,
): ItemError {
  const most = limit === 'maxTokens' ? `${maxTokens} tokens` : `$${maxCostUsd}`
  return new ItemError(
    'budget_exceeded',
    'pause-scan',
    `The next call would pass the budget of the day for all scans (${most}); goes on at ${until}`,
    {
      until,
      hint: 'Wait, it goes on by itself then; or give the workers a larger CAPSTAN_DAILY_MAX_TOKENS or CAPSTAN_DAILY_MAX_COST_USD and resume the scan.',
    },
  )
}

function unpriced(model: string): ItemError {
  return new ItemError(
    'budget_exceeded',
    'pause-scan',
    `The price of ${model} is not known, so CAPSTAN_DAILY_MAX_COST_USD cannot be kept`,
    { hint: 'Set it in CAPSTAN_PRICES of the workers, or limit the tokens of a day instead.' },
  )
}
