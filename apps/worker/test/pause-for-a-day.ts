import { openLimiter } from '@capstan/limits/limiter/limiter'
import { pauseRoute, readRoutePauses, resumeRoute } from '@capstan/scan-store/queue/pause-route'
import type { Route } from '@capstan/scan-store/routes/route'
import { publishSignal } from '@capstan/redis/signals/signal'
import type { ScanRig } from '@capstan/testkit/scan-rig'
import { readAccountLimits } from '../src/accounts/account-limits.ts'

export const DAY_MS = 86_400_000
const BECAUSE = 'the limit of today is used up'

/** Pauses the limits of a route, as the answer of its provider to another call does. */
export async function pauseModel(rig: ScanRig, route: Route, forMs: number): Promise<void> {
  await limiterOf(rig, route).pause({ account: route.provider, model: route.model }, forMs, BECAUSE)
}

/** Pauses a route as a provider does that lets in no call before tomorrow: its limits, and with them its queue. */
export async function pauseForADay(rig: ScanRig, route: Route): Promise<void> {
  const { redis, keys } = rig
  const account = route.provider
  await pauseModel(rig, route, DAY_MS)
  const queue = rig.queues.get(route).name
  const pause = { queue, forMs: DAY_MS, account, model: route.model, because: BECAUSE }
  await pauseRoute(redis, keys, pause)
}

/** Ends the pause as an operator does. */
export async function endPause(rig: ScanRig, route: Route): Promise<void> {
  const { redis, keys } = rig
  await limiterOf(rig, route).resume({ account: route.provider, model: route.model })
  await resumeRoute(redis, keys, rig.queues.get(route).name)
  await publishSignal(redis, keys, { type: 'route-resumed' })
}

/** Whether the queue of a route is paused by a rate limit. */
export async function isRoutePaused(rig: ScanRig, route: Route): Promise<boolean> {
  const [pause] = await readRoutePauses(rig.redis, rig.keys, [rig.queues.get(route).name])
  return pause !== null && pause !== undefined
}

/** The limits of the account that has the name of its provider, as those of plain keys do. */
function limiterOf({ redis, keys }: ScanRig, { provider }: Route) {
  return openLimiter({ redis, keys, limitsFor: () => readAccountLimits(provider, '') })
}
