import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import type { Provider } from '@capstan/shared/contract/provider'
import type { Price } from '@capstan/shared/prices/price'
import { getSpent } from './model-call-error.ts'
import type { DailyBudgetGuard, PlannedSpend } from './daily-budget/daily-budget-guard.ts'
import { getLastCall } from './ledger.ts'
import type { AdmittedCall, CallRequest, Stage } from './model-call.ts'

interface DailyBudgetDeps {
  dailyBudget: DailyBudgetGuard
  findPrice: (provider: Provider, model: string) => Price | null
  /** How long the reservation lasts: longer than the call can take. */
  ttlMs: number
}

/** Reserves in the daily budget before a call and settles with its usage. Throws ItemError when too little is left. */
export function withDailyBudget(deps: DailyBudgetDeps): Stage {
  const { dailyBudget } = deps
  return (next) => async (request) => {
    const spend = planSpend(deps, request)
    try {
      await dailyBudget.reserve(spend)
      const result = await next(request)
      await dailyBudget.settle(spend, result.answer.usage)
      return result
    } catch (error) {
      // Also after a failed reservation: Redis may have made it although the reply was lost.
      await dailyBudget.settle(spend, readFailedUsage(error))
      throw error
    }
  }
}

function planSpend({ findPrice, ttlMs }: DailyBudgetDeps, request: CallRequest): PlannedSpend {
  const { route, admitted } = request
  if (!admitted) throw new Error('a call needs a permit')
  return {
    id: admitted.permit.lease,
    model: route.model,
    price: findPrice(route.provider, route.model),
    usage: estimateUsage(admitted, request),
    ttlMs,
  }
}

/** The estimate of the limits, which learn from earlier calls; nothing counts as read from a cache. */
function estimateUsage({ permit }: AdmittedCall, { question }: CallRequest): Usage {
  const { reserved } = permit
  return {
    inputTokens: Math.max(0, reserved.tokens - question.maxOutputTokens),
    cachedTokens: 0,
    outputTokens: reserved['output-tokens'],
  }
}

/** The provider may charge a call that Capstan aborted, but not a call that the provider rejected or interrupted. */
function readFailedUsage(error: unknown): Usage | 'unknown' {
  return getLastCall(getSpent(error))?.isCutOff ? 'unknown' : NO_USAGE
}
