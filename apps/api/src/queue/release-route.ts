import { resumeRoute } from '@capstan/scan-store/queue/pause-route'
import { resolveRoute, buildRouteQueueName, type Route } from '@capstan/scan-store/routes/route'
import { publishSignal } from '@capstan/redis/signals/signal'
import type { ApiDeps } from '../deps.ts'

/** Ends the rate-limit pause of a route's queue, if there is one; workers notice within two seconds. */
export async function releaseRoute(
  { redis, keys }: Pick<ApiDeps, 'redis' | 'keys'>,
  { provider, model }: Route,
): Promise<void> {
  const queue = buildRouteQueueName(resolveRoute(provider, model))
  if (!(await resumeRoute(redis, keys, queue))) return
  await publishSignal(redis, keys, { type: 'route-resumed' })
}
