import { Redis } from 'ioredis'
import { onTestFinished } from './on-test-finished.ts'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { Provider } from '@capstan/shared/contract/provider'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/compute-definition-ref'
import {
  openDefinitionStore,
  type DefinitionStore,
} from '@capstan/scan-store/definitions/definition-store'
import { contentKey } from '@capstan/shared/inference/content-key'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { findPrice } from '@capstan/shared/prices/price-table'
import { createScanId } from '@capstan/shared/scan-id'
import type { Journal, PlanEntry } from '@capstan/scan-store/journal/types'
import { ensureJobs, type EnsureJobsOptions } from '@capstan/scan-store/queue/ensure-jobs'
import type { InferQueue } from '@capstan/scan-store/queue/infer-queue'
import { openRouteQueues, type RouteQueues } from '@capstan/scan-store/queue/route-queues'
import type { RedisKeys } from '@capstan/redis/keys'
import { publishSignal } from '@capstan/redis/signals/signal'
import { testRedis } from './redis.ts'
import { until } from './until.ts'

export interface RigScanRequest {
  provider?: Provider
  model?: string
  cluster?: string
  mode?: 'incremental' | 'full'
  priority?: 'high' | 'normal' | 'low'
  execution?: 'calls' | 'batch'
  /** The scan uses curated answers. */
  curated?: boolean
  budget?: Budget
  concurrency?: number
  /** False adds no jobs. */
  jobs?: boolean
}

/** Journal, queue and definition store over a real Redis, with scans created as by the planner. */
export interface ScanRig {
  url: string
  keys: RedisKeys
  redis: Redis
  journal: Journal
  queues: RouteQueues
  /** The queue of the demo route. */
  queue: InferQueue
  definitions: DefinitionStore
  /** Plans a scan of these types with a job for each. Returns its id. */
  scan(definitions: Definition[], request?: RigScanRequest): Promise<string>
  /** Adds the missing jobs of a scan. */
  ensure(scanId: string, options?: EnsureJobsOptions): Promise<{ added: number }>
  ended(scanId: string): Promise<Scan>
}

/** Opens a rig that is closed with the test. `url`: the Redis of the test. */
export function openScanRig(url?: string): ScanRig {
  const given = testRedis()
  const { keys } = given
  const redis = new Redis(url ?? given.url, { maxRetriesPerRequest: null })
  redis.on('error', () => undefined) // expected in tests that kill Redis
  const queues = openRouteQueues(redis, keys)
  onTestFinished(async () => {
    await queues.close()
    redis.disconnect()
  })
  const journal = openJournal(redis, keys)
  const definitions = openDefinitionStore(redis, keys)
  const ensure: ScanRig['ensure'] = (scanId, options) =>
    ensureJobs({ redis, keys, queues, journal }, scanId, options)
  return {
    url: url ?? given.url,
    keys,
    redis,
    journal,
    queues,
    queue: queues.get({ provider: 'demo', model: 'test-model' }),
    definitions,
    ensure,
    scan: async (types, request = {}) => {
      const scanId = await planScan({ journal, definitions }, types, request)
      await publishSignal(redis, keys, { type: 'routes' })
      if (request.jobs !== false) await ensure(scanId)
      return scanId
    },
    ended: (scanId) =>
      until(`the end of ${scanId}`, async () => {
        const scan = await journal.scan(scanId)
        return scan?.done ? scan : undefined
      }),
  }
}

async function planScan(
  { journal, definitions }: Pick<ScanRig, 'journal' | 'definitions'>,
  types: Definition[],
  {
    provider = 'demo',
    model = 'test-model',
    cluster,
    mode,
    priority,
    execution,
    curated,
    budget,
    concurrency,
  }: RigScanRequest,
): Promise<string> {
  const id = createScanId()
  await journal.open({
    id,
    request: {
      cluster: cluster ?? `cluster-${id.slice(-6)}`,
      include: ['*'],
      exclude: [],
      mode: mode ?? 'incremental',
      priority: priority ?? 'normal',
      onConflict: 'parallel',
      labels: {},
      execution: execution ?? 'calls',
      curated,
      budget: budget ?? {},
      concurrency,
    },
    provider,
    model,
    price: findPrice(provider, model),
    createdBy: 'test',
  })
  await definitions.put(types)
  const entries = types.map((definition) => planEntry(definition, provider, model))
  await journal.plan(id, { entries, excluded: [], unavailable: [], warnings: [] })
  return id
}

function planEntry(definition: Definition, provider: Provider, model: string): PlanEntry {
  const { type, outlineHash, outlineTokens, truncated } = definition
  const { kind, group, version, scope } = type
  return {
    resource: resourceName(type),
    kind,
    group,
    version,
    scope,
    definition: computeDefinitionRef(definition),
    contentKey: contentKey({ outlineHash, provider, model }),
    estimatedTokens: outlineTokens,
    truncated,
    action: 'analyze',
  }
}
