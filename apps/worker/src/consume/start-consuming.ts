import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { Log } from '@capstan/shared/log'
import { pauseRoute } from '@capstan/scan-store/queue/pause-route'
import { refundJobStarts } from '@capstan/scan-store/queue/route-guard'
import type { RouteQueues } from '@capstan/scan-store/queue/route-queues'
import type { Route } from '@capstan/scan-store/routes/route'
import { openRouteRegistry } from '@capstan/scan-store/routes/route-registry'
import type { AnalysisDeps } from '../analyze/analysis-deps.ts'
import { analyzeType } from '../analyze/analyze-type.ts'
import type { RouteStatus } from '../accounts/route-status.ts'
import { consumeRoutes, type RouteConsumers } from './consume-routes.ts'
import { watchConsumption } from './liveness.ts'

export interface Consumption {
  consumers: RouteConsumers
  /** False when jobs are waiting but this process starts none. */
  isAlive: () => Promise<boolean>
}

interface ConsumptionContext {
  config: {
    CAPSTAN_LOCK_MS?: number | undefined
    CAPSTAN_STALLED_MS?: number | undefined
    CAPSTAN_IDLE_LIMIT_MS: number
  }
  redis: Redis
  stores: Redis
  keys: RedisKeys
  log: Log
  self: Pick<WorkerStatus, 'id' | 'concurrency' | 'providers' | 'fallback'>
}

/** Consumes the routes that this worker serves, with a liveness watchdog. */
export function startConsuming(
  { config, redis, stores, keys, log, self }: ConsumptionContext,
  { deps, routes: { status } }: { deps: AnalysisDeps; routes: { status: RouteStatus } },
  queues: RouteQueues,
): Consumption {
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
      configureLimits: (route) => status.configureLimits(route),
      onOpened: deps.metrics.models.add,
      onClosed: (route) => void deps.metrics.models.drop(route),
      analyze: (attempt) => analyzeType(deps, attempt),
      pauseRoute: async (queue, { forMs, account, model, because }) => {
        const pausedMs = await pauseRoute(stores, keys, { queue, forMs, account, model, because })
        log.warn({ queue, account, because, pausedMs }, 'the queue of a route is paused')
      },
      refundJobStart: async (queue, ageMs) => {
        // If this write is lost, the rate limit of the queue is tighter for the rest of one window.
        await refundJobStarts({ redis: stores, keys, queue }, [ageMs]).catch(() => undefined)
      },
    },
    {
      workerId: self.id,
      concurrency: self.concurrency,
      times: { lockMs: config.CAPSTAN_LOCK_MS, stalledMs: config.CAPSTAN_STALLED_MS },
    },
  )
  const blockedMs = (route: Route): Promise<number> => status.blockedMs(route)
  const isAlive = watchConsumption(
    { redis, routes, queues, consumers, serves, blockedMs },
    config.CAPSTAN_IDLE_LIMIT_MS,
  )
  return { consumers, isAlive }
}
