import type { Redis } from 'ioredis'
import type { OverridableCatalog } from '@capstan/catalog/override/with-overrides'
import type { Clusters } from '@capstan/cluster/open-clusters'
import type { Provider } from '@capstan/shared/contract/scan'
import type { DefinitionStore } from '@capstan/shared/definitions/definition-store'
import type { Journal } from '@capstan/shared/journal/types'
import type { Limiter } from '@capstan/shared/limits/types'
import type { Log } from '@capstan/shared/log'
import type { InferQueue } from '@capstan/shared/queue/infer-queue'
import type { Price } from '@capstan/shared/prices/price'
import type { PlanQueue } from '@capstan/shared/queue/plan-queue'
import type { ScheduleQueue } from '@capstan/shared/queue/schedule-queue'
import type { RedisKeys } from '@capstan/shared/redis/keys'
import type { EventHub } from './events/event-hub.ts'

/** Everything the API works with. Opened and closed by main.ts, or by a test. */
export interface ApiDeps {
  /** The `command` connection: fails fast. */
  redis: Redis
  keys: RedisKeys
  journal: Journal
  queue: InferQueue
  planQueue: PlanQueue
  scheduleQueue: ScheduleQueue
  catalog: OverridableCatalog
  definitions: DefinitionStore
  clusters: Pick<Clusters, 'named' | 'names'>
  hub: EventHub
  limiter: Pick<Limiter, 'snapshot' | 'resume'>
  /** The model that makes vectors for the search, when there is one. */
  embeddings?: { model: string; dimensions: number } | undefined
  log: Log
  /** From the server's own settings; a scan's request goes before it. */
  defaults: {
    provider?: Provider | undefined
    model?: string | undefined
    /** Prices of models by name, before the list prices. */
    prices?: Record<string, Price> | undefined
  }
}
