import { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import type { HealthWatch } from '../accounts/watch-health.ts'
import { ModelCallError, getCause, getSpent } from './model-call-error.ts'
import { getLastCall } from './ledger.ts'
import type { CallRequest, Stage } from './model-call.ts'
import type { CallTarget } from '../accounts/account.ts'

/**
 * Records how calls end at their account, and judges whether a failure is an outage or a wrong setting. It is outside the
 * permit: the verdict depends on the calls that are still in flight. Accounts that reject all calls are left out if others exist.
 */
export function withRouteHealth(health: HealthWatch): Stage {
  return (next) => async (request) => {
    const { model } = request.route
    try {
      const result = await next({ ...request, targets: selectTargets(health, request) })
      const call = getLastCall(result.spent)
      if (call?.target) await health.recordAnswer(call.target.account, model)
      return result
    } catch (error) {
      const cause = getCause(error)
      const call = getLastCall(getSpent(error))
      // Another dialect may be accepted, so a refused one is no fault of the route.
      if (!call?.target || cause instanceof DialectRefusal) throw error
      throw new ModelCallError(
        await health.recordFailure(call.target.account, model, cause),
        getSpent(error),
      )
    }
  }
}

function selectTargets(health: HealthWatch, { targets = [], route }: CallRequest): CallTarget[] {
  const accounts = targets.map(({ account }) => account)
  const usable = new Set(health.selectUsable(accounts, route.model))
  return targets.filter(({ account }) => usable.has(account))
}
