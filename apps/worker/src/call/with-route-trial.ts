import type { HealthWatch } from '../accounts/watch-health.ts'
import type { Stage } from './model-call.ts'

/** Holds back the calls to a route that rejects all calls while one of them tests it. Throws HeldBack before the call. */
export function withRouteTrial(health: Pick<HealthWatch, 'admit'>): Stage {
  return (next) => async (request) => {
    const { admitted, isCheck, route } = request
    if (!admitted) throw new Error('a call needs a permit')
    const { account } = admitted.target
    // A person waits for a check, and wants to know whether the route answers.
    if (!isCheck) await health.admit(account, route.model, performance.now() - admitted.begunAt)
    return next(request)
  }
}
