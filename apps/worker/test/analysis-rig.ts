import type { Redis } from 'ioredis'
import type { Catalog } from '@capstan/catalog/catalog'
import { openAdmission } from '@capstan/limits/admission/admission'
import { openDailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import type { Limiter } from '@capstan/limits/types'
import { openRetryBudget } from '@capstan/limits/budgets/retry-budget'
import { openEndpointHealth } from '@capstan/limits/health/endpoint-health'
import type { RedisKeys } from '@capstan/redis/keys'
import { openBatchStore, type BatchStore } from '@capstan/scan-store/batches/batch-store'
import type { DefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import type { Journal } from '@capstan/scan-store/journal/types'
import { openResultCache, type ResultCache } from '@capstan/scan-store/results/result-cache'
import type { CuratedLookup } from '@capstan/shared/inference/find-curated-result'
import type { Model } from '@capstan/shared/inference/types'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { findPrice } from '@capstan/shared/prices/price-table'
import type { ScanRig } from '@capstan/testkit/scan-rig'
import { readAccountLimits } from '../src/accounts/account-limits.ts'
import type { Account } from '../src/accounts/account.ts'
import { openRouteStatus } from '../src/accounts/route-status.ts'
import { openHealthWatch } from '../src/accounts/watch-health.ts'
import type { AnalysisDeps } from '../src/analyze/analysis-deps.ts'
import { openCapabilityTask } from '../src/analyze/analysis-task.ts'
import { openBatchAnswers } from '../src/call/answers/batch-answers.ts'
import { buildPipeline, buildProviderCall } from '../src/call/build-pipeline.ts'
import { openDailyBudgetGuard } from '../src/call/daily-budget/daily-budget-guard.ts'
import { openDialects } from '../src/call/dialects/open-dialects.ts'
import type { LeaseHolder } from '../src/call/answers/lease-holder.ts'
import type { ProviderCallParts } from '../src/call/pipeline-parts.ts'
import { createWorkerMetrics, type WorkerMetrics } from '../src/metrics/worker-metrics.ts'
import { openTestLeases } from './open-test-leases.ts'

const log = createSilentLog()

/** The stores of a pipeline; a test replaces some by ones that fail. */
export interface TestStores {
  journal: Journal
  batchStore: BatchStore
  results: ResultCache
  leases: Pick<LeaseHolder, 'acquire'>
  definitions: Pick<DefinitionStore, 'get'>
  catalog: Pick<Catalog, 'put'>
  metrics: WorkerMetrics
  workerId: string
  curated: CuratedLookup
}

export function openTestStores(rig: ScanRig, catalog: TestStores['catalog']): TestStores {
  const { redis, keys, journal, definitions } = rig
  const results = openResultCache(redis, keys)
  return {
    journal,
    batchStore: openBatchStore(redis, keys),
    results,
    leases: openTestLeases(results, 'w'),
    definitions,
    catalog,
    metrics: createWorkerMetrics({ version: '0', concurrency: 1, active: () => 0 }),
    workerId: 'w',
    curated: { version: 'none', find: () => undefined },
  }
}

/** One account, `test`, at which `model` answers. */
export function testAccount(model: Model, limits = ''): Account {
  return {
    name: 'test',
    provider: model.provider,
    limits: readAccountLimits(model.provider, limits),
    model: () => model,
    batches: () => undefined,
  }
}

/** The stages near the SDK over a real Redis, in front of one account. */
export function openCallParts(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  account: Account,
): ProviderCallParts & { limiter: Limiter } {
  const limiter = openLimiter({ redis, keys, limitsFor: () => account.limits })
  const health = openHealthWatch({
    health: openEndpointHealth(redis, keys),
    accounts: [account],
    hasFallback: false,
    log,
  })
  return {
    accounts: [account],
    admission: openAdmission(limiter),
    limiter,
    health,
    dialects: openDialects({ memory: openDialectMemory(redis, keys), log }),
    dailyBudget: openDailyBudgetGuard({
      budget: openDailyBudget(redis, keys),
      limits: {},
      onRejected: () => undefined,
      log,
    }),
    callTimeoutMs: 5_000,
    ttlMs: 15_000,
    findPrice,
    onAdmitted: () => undefined,
    log,
  }
}

/** A whole pipeline in front of one account. */
function openTestPipeline(rig: ScanRig, account: Account, stores: TestStores) {
  const { batchStore, metrics } = stores
  const task = openCapabilityTask(stores.catalog)
  const batchAnswers = openBatchAnswers({ batchStore })
  const callProvider = buildProviderCall(openCallParts(rig, account))
  const callModel = buildPipeline(callProvider, {
    ...stores,
    ...task,
    batchAnswers,
    batch: { batchAnswers, batchStore, metrics, lookAgainMs: 1_000, elsewhereMs: 1_000 },
    typesPerCall: 1,
    log,
  })
  return { task, batchAnswers, callProvider, callModel }
}

/** All that an analysis needs, with `model` at the only account. */
export function openTestAnalysis(rig: ScanRig, model: Model, stores: TestStores): AnalysisDeps {
  const account = testAccount(model)
  const { callModel, task, batchAnswers } = openTestPipeline(rig, account, stores)
  const { limiter } = openCallParts(rig, account)
  return {
    ...stores,
    addNext: (scanId) => rig.ensure(scanId),
    signalPause: async () => undefined,
    task,
    callModel,
    batchAnswers,
    routes: openRouteStatus({
      accounts: [account],
      limiter,
      readRemoteFallbacks: async () => [],
      log,
    }),
    retries: openRetryBudget(rig.redis, rig.keys),
    log,
  }
}
