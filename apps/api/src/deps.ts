import type { Redis } from 'ioredis'
import type { OverridableCatalog } from '@capstan/catalog/override/with-overrides'
import type { Clusters } from '@capstan/cluster/clusters'
import type { NetworkTarget } from '@capstan/shared/contract/network-target'
import type { CuratedPolicy } from '@capstan/shared/contract/choice-names'
import type { CuratedLookup } from '@capstan/shared/inference/find-curated-result'
import type { Provider } from '@capstan/shared/contract/provider'
import type { DefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { Limiter } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import type { Price } from '@capstan/shared/prices/price'
import type { PlanQueue } from '@capstan/scan-store/queue/plan-queue'
import type { RouteQueues } from '@capstan/scan-store/queue/route-queues'
import type { ScheduleQueue } from '@capstan/scan-store/queue/schedule-queue'
import type { WebhookQueue } from '@capstan/scan-store/queue/webhook-queue'
import type { RedisKeys } from '@capstan/redis/keys'
import type { RedisHealth } from '@capstan/redis/redis-health'
import type { RouteRegistry } from '@capstan/scan-store/routes/route-registry'
import type { ResultCache } from '@capstan/scan-store/results/result-cache'
import type { AuditLog } from './audit/audit-log.ts'
import type { EventHub } from './events/event-hub.ts'
import type { RouteEvents } from './events/route-events.ts'
import type { WorkLimits } from './http/work-limits.ts'
import type { WebhookSettings } from './webhooks/webhook-settings.ts'

/** Dependencies of the API. start-api.ts or a test opens and closes them. */
export interface ApiDeps {
  /** Connection of kind `command`: commands fail fast while Redis is unreachable. */
  redis: Redis
  /** Connection of kind `subscriber`, for pub/sub only. */
  subscriber: Redis
  redisHealth: RedisHealth
  keys: RedisKeys
  journal: Journal
  queues: RouteQueues
  routes: RouteRegistry
  planQueue: PlanQueue
  scheduleQueue: ScheduleQueue
  webhookQueue: WebhookQueue
  webhookSettings: WebhookSettings
  catalog: OverridableCatalog
  definitions: DefinitionStore
  results: Pick<ResultCache, 'find'>
  curatedAnswers: CuratedLookup
  clusters: Pick<Clusters, 'find' | 'names'>
  hub: EventHub
  routeEvents: RouteEvents
  limiter: Pick<Limiter, 'snapshot' | 'resume'>
  work: WorkLimits
  audit: AuditLog
  /** The embedding model of searches, if one is configured. */
  embeddings?: { model: string; dimensions: number } | undefined
  /** Lists the servers that this process connects to. */
  network?: (() => Promise<NetworkTarget[]>) | undefined
  log: Log
  /** Defaults from the settings. Values of a scan request take precedence. */
  defaults: {
    provider?: Provider | undefined
    model?: string | undefined
    /** Prices by model name. They take precedence over the list prices. */
    prices?: Record<string, Price> | undefined
    /** Whether scans use curated answers. Default: `off`. */
    curated?: CuratedPolicy | undefined
  }
}
