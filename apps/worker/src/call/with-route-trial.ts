import type { HealthWatch } from '../accounts/watch-health.ts'
import type { Stage } from './model-call.ts'

/** Lets only one trial call at a time through to a route that rejects all calls. Throws RouteTrialError for the others. */
export function withRouteTrial(health: Pick<HealthWatch, 'admit'>): Stage {
  return (next) => async (request) => {
    const { admitted, isCheck, route } = request
    if (!admitted) throw new Error('a call needs a permit')
    const { account } = admitted.target
    // A provider check must reach the provider, because a person waits for the result.
    if (!isCheck) await health.admit(account, route.model, performance.now() - admitted.begunAt)
    return next(request)
  }
}
