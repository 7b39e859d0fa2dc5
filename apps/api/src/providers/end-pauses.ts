import { resumeRoute } from '@capstan/scan-store/queue/pause-route'
import { resolveRoute, buildRouteQueueName, type Route } from '@capstan/scan-store/routes/route'
import { publishSignal } from '@capstan/redis/signals/signal'
import type { Provider } from '@capstan/shared/contract/provider'
import type { EndedPause } from '@capstan/shared/contract/providers/ended-pause'
import type { PauseSelection } from '@capstan/shared/contract/providers/pause-selection'
import { resetRouteFaults } from '@capstan/limits/health/reset-route-faults'
import {
  listBlockedLimitKeys,
  type BlockedLimitKey,
} from '@capstan/limits/limiter/list-blocked-limit-keys'
import type { ApiDeps } from '../deps.ts'

export interface EndPausesDeps extends Pick<ApiDeps, 'redis' | 'keys' | 'routes'> {
  limiter: Pick<ApiDeps['limiter'], 'resume'>
}

/** Capacity of the index of blocked limit keys. */
const MAX_BLOCKED = 1_000

/**
 * Ends the selected pauses and open breakers of a provider, then resumes the queues of their models. The queue of the
 * selected model, or of all live routes, is resumed in any case: a queue may be paused for a limit that no index holds,
 * and a call that failed half-way can be repeated. Returns the ended pauses. Errors of Redis pass through.
 */
export async function endPauses(
  deps: EndPausesDeps,
  provider: Provider,
  { account, model }: PauseSelection,
): Promise<EndedPause[]> {
  const blocked = (await listBlockedLimitKeys(deps.redis, deps.keys, MAX_BLOCKED)).filter(
    (one) =>
      one.provider === provider &&
      (account === undefined || one.account === account) &&
      (model === undefined || one.model === model),
  )
  const ended = await Promise.all(blocked.map((one) => endPause(deps, one)))
  const live = model === undefined ? await listLiveModels(deps, provider) : [model]
  const models = new Set([...blocked.map((one) => one.model), ...live])
  await Promise.all(
    [...models].map(async (name) => {
      await resetRouteFaults(deps.redis, deps.keys, { provider, model: name })
      await releaseRoute(deps, { provider, model: name })
    }),
  )
  return ended.flat()
}

async function listLiveModels({ routes }: EndPausesDeps, provider: Provider): Promise<string[]> {
  return (await routes.live()).filter((one) => one.provider === provider).map(({ model }) => model)
}

/**
 * Returns nothing when the pause has ended meanwhile, or while probes are in flight: only time or an answer ends those.
 */
async function endPause(
  { limiter }: EndPausesDeps,
  { provider, account, model }: BlockedLimitKey,
): Promise<EndedPause[]> {
  const ended = await limiter.resume({ account, model }, provider)
  return ended ? [{ account, model, ...ended }] : []
}

/** Ends the rate-limit pause of the queue of a route. Workers are notified within two seconds. */
async function releaseRoute(
  { redis, keys }: Pick<ApiDeps, 'redis' | 'keys'>,
  { provider, model }: Route,
): Promise<void> {
  const queue = buildRouteQueueName(resolveRoute(provider, model))
  if (!(await resumeRoute(redis, keys, queue))) return
  await publishSignal(redis, keys, { type: 'route-resumed' })
}
