import type { Redis } from 'ioredis'
import type { RouteQueues } from '@capstan/scan-store/queue/route-queues'
import type { Route } from '@capstan/scan-store/routes/route'
import type { RegisteredRoute, RouteRegistry } from '@capstan/scan-store/routes/route-registry'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { RouteConsumers } from './consume-routes.ts'

export interface LivenessDeps {
  redis: Pick<Redis, 'status'>
  routes: Pick<RouteRegistry, 'live'>
  queues: Pick<RouteQueues, 'getByName'>
  consumers: Pick<RouteConsumers, 'opened'>
  serves: (route: Route) => boolean
  /** Milliseconds until the route may be called; 0 when it may now. */
  blockedMs: (route: Route) => Promise<number>
}

const ASK_MS = 2_000

/**
 * Watches whether this process consumes each of its routes: BullMQ workers may stop fetching after a failover without an error,
 * and a route may never have been opened. Routes are judged one by one. The returned function resolves to false when jobs wait
 * that this process should have started.
 */
export function watchConsumption(deps: LivenessDeps, idleLimitMs: number): () => Promise<boolean> {
  const firstSeenAt = new Map<string, number>()
  const isConsumed = async (): Promise<boolean> => {
    const live = (await deps.routes.live()).filter((route) => deps.serves(route))
    const now = performance.now()
    for (const { queue } of live) if (!firstSeenAt.has(queue)) firstSeenAt.set(queue, now)
    const names = new Set(live.map(({ queue }) => queue))
    for (const queue of firstSeenAt.keys()) if (!names.has(queue)) firstSeenAt.delete(queue)
    const judged = live.map(async (route) => {
      const opened = deps.consumers.opened(route.queue)
      const lastAt = opened?.lastActivityAt() ?? firstSeenAt.get(route.queue) ?? now
      return now - lastAt < idleLimitMs || (await isIdleForAReason(deps, route))
    })
    return (await Promise.all(judged)).every(Boolean)
  }
  return async () => {
    // A restart does not help during a Redis outage.
    if (deps.redis.status !== 'ready') return true
    return withTimeout(isConsumed(), ASK_MS, 'the queues').catch(() => true)
  }
}

/** No job waits, the queue is paused or limited, or the provider may not be called. */
async function isIdleForAReason(deps: LivenessDeps, route: RegisteredRoute): Promise<boolean> {
  const queue = deps.queues.getByName(route.queue)
  const [isPaused, limitedMs, waiting, blockedMs] = await Promise.all([
    queue.isPaused(),
    queue.getRateLimitTtl(),
    queue.getJobCountByTypes('wait', 'prioritized'),
    deps.blockedMs(route),
  ])
  return isPaused || limitedMs > 0 || waiting === 0 || blockedMs > 0
}
