import type { Redis } from 'ioredis'
import type { OverridableCatalog } from '@capstan/catalog/override/with-overrides'
import type { Clusters } from '@capstan/cluster/clusters'
import type { NetworkTarget } from '@capstan/shared/contract/network-target'
import type { Provider } from '@capstan/shared/contract/provider'
import type { DefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { Limiter } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import type { Price } from '@capstan/shared/prices/price'
import type { PlanQueue } from '@capstan/scan-store/queue/plan-queue'
import type { RouteQueues } from '@capstan/scan-store/queue/route-queues'
import type { ScheduleQueue } from '@capstan/scan-store/queue/schedule-queue'
import type { RedisKeys } from '@capstan/redis/keys'
import type { RedisHealth } from '@capstan/redis/redis-health'
import type { RouteRegistry } from '@capstan/scan-store/routes/route-registry'
import type { ResultCache } from '@capstan/scan-store/results/result-cache'
import type { EventHub } from './events/event-hub.ts'
import type { RouteEvents } from './events/route-events.ts'
import type { WorkLimits } from './http/work-limits.ts'

/** Everything the API works with. Opened and closed by main.ts, or by a test. */
export interface ApiDeps {
  /** The `command` connection: fails fast. */
  redis: Redis
  redisHealth: RedisHealth
  keys: RedisKeys
  journal: Journal
  queues: RouteQueues
  routes: RouteRegistry
  planQueue: PlanQueue
  scheduleQueue: ScheduleQueue
  catalog: OverridableCatalog
  definitions: DefinitionStore
  results: Pick<ResultCache, 'find'>
  clusters: Pick<Clusters, 'named' | 'names'>
  hub: EventHub
  routeEvents: RouteEvents
  limiter: Pick<Limiter, 'snapshot' | 'resume'>
  work: WorkLimits
  /** The model that makes vectors for the search, when there is one. */
  embeddings?: { model: string; dimensions: number } | undefined
  /** The servers that this process talks to. */
  network?: (() => Promise<NetworkTarget[]>) | undefined
  log: Log
  /** From the server's own settings; a scan's request goes before it. */
  defaults: {
    provider?: Provider | undefined
    model?: string | undefined
    /** Prices of models by name, before the list prices. */
    prices?: Record<string, Price> | undefined
  }
}
