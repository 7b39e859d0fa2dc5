import { pauseRoute } from '@capstan/scan-store/queue/pause-route'
import { refundJobStarts } from '@capstan/scan-store/queue/route-guard'
import type { RouteQueues } from '@capstan/scan-store/queue/route-queues'
import type { Route } from '@capstan/scan-store/routes/route'
import { openRouteRegistry } from '@capstan/scan-store/routes/route-registry'
import { inferCapability } from '../infer-capability.ts'
import type { InferenceDeps } from '../inference-deps.ts'
import type { WorkerSetting } from '../worker-setting.ts'
import { consumeRoutes, type RouteConsumers } from './consume-routes.ts'
import { watchConsumption } from './liveness.ts'

export interface Consuming {
  consumers: RouteConsumers
  /** False when the process stands still although work waits. */
  isAlive: () => Promise<boolean>
}

/** Consumes the routes that this worker serves, and watches that it does. */
export function startConsuming(
  { config, redis, stores, keys, log, self }: WorkerSetting,
  deps: InferenceDeps,
  queues: RouteQueues,
): Consuming {
  const routes = openRouteRegistry(stores, keys)
  for (const model of self.fallback ?? []) deps.metrics.models.add(model)
  const served = new Set(self.providers.map(({ provider }) => provider))
  const serves = ({ provider }: Route): boolean => served.has(provider)
  const consumers = consumeRoutes(
    {
      connection: redis,
      stores,
      keys,
      log,
      routes,
      queues,
      serves,
      stateLimits: (route) => deps.gate.stateLimits(route),
      onOpened: deps.metrics.models.add,
      onClosed: (route) => void deps.metrics.models.drop(route),
      analyze: (run) => inferCapability(deps, run),
      pauseRoute: async (queue, { forMs, account, model, because }) => {
        const pausedMs = await pauseRoute(stores, keys, { queue, forMs, account, model, because })
        log.warn({ queue, account, because, pausedMs }, 'a route is paused')
      },
      returnStart: async (queue, ageMs) => {
        // Lost, the guard is tighter for the rest of one window.
        await refundJobStarts({ redis: stores, keys, queue }, [ageMs]).catch(() => undefined)
      },
    },
    {
      workerId: self.id,
      concurrency: self.concurrency,
      times: { lockMs: config.CAPSTAN_LOCK_MS, stalledMs: config.CAPSTAN_STALLED_MS },
    },
  )
  const blockedMs = (route: Route): Promise<number> => deps.gate.blockedMs(route)
  const isAlive = watchConsumption(
    { redis, routes, queues, consumers, serves, blockedMs },
    config.CAPSTAN_IDLE_LIMIT_MS,
  )
  return { consumers, isAlive }
}
