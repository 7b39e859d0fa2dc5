import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { openBatchStore } from '@capstan/scan-store/batches/batch-store'
import { openDefinitionStore } from '@capstan/scan-store/definitions/definition-store'
import { openJournal } from '@capstan/scan-store/journal/journal'
import type { Journal } from '@capstan/scan-store/journal/types'
import { openHedgeBudget } from '@capstan/limits/budgets/hedge-budget'
import { openRetryBudget } from '@capstan/limits/budgets/retry-budget'
import { findPrice } from '@capstan/shared/prices/price-table'
import { ensureJobs } from '@capstan/scan-store/queue/ensure-jobs'
import type { RouteQueues } from '@capstan/scan-store/queue/route-queues'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { publishSignal } from '@capstan/redis/signals/signal'
import { readFallback } from './accounts/fallback-settings.ts'
import { openRoutes, type Routes } from './accounts/open-routes.ts'
import type { AnalysisDeps } from './analyze/analysis-deps.ts'
import { openCapabilityTask } from './analyze/analysis-task.ts'
import { openCatalogBatch } from './analyze/catalog-batch.ts'
import { openBatchAnswers } from './call/answers/batch-answers.ts'
import { buildPipeline, buildProviderCall } from './call/build-pipeline.ts'
import type { DailyBudgetGuard } from './call/daily-budget/daily-budget-guard.ts'
import type { Dialects } from './call/dialects/open-dialects.ts'
import type { LeaseHolder } from './call/answers/lease-holder.ts'
import type { ModelCall } from './call/model-call.ts'
import type { PipelineParts, ProviderCallParts } from './call/pipeline-parts.ts'
import { reserveFallback } from './call/reserve-fallback.ts'
import type { WorkerMetrics } from './metrics/worker-metrics.ts'
import type { WorkerContext } from './worker-context.ts'

interface AnalysisParts {
  metrics: WorkerMetrics
  dailyBudget: DailyBudgetGuard
  queues: RouteQueues
  dialects: Dialects
  leases: LeaseHolder
}

export interface Analysis {
  deps: AnalysisDeps
  routes: Routes
  callProvider: ModelCall
  catalog: ReturnType<typeof openCatalogBatch>
}

/** Composes the analysis of types: routes, call pipeline and stores. */
export function openAnalysis(context: WorkerContext, parts: AnalysisParts): Analysis {
  const { config, stores, keys, log, accounts, curated, self } = context
  const { metrics, queues } = parts
  const fallback = readFallback(config)
  const workerId = self.id
  const routes = openRoutes({ redis: stores, keys, accounts, fallback, workerId, metrics, log })
  const journal = openJournal(stores, keys)
  const catalog = openCatalogBatch(openRedisCatalog(stores, keys))
  const task = openCapabilityTask(catalog)
  const batchStore = openBatchStore(stores, keys)
  const batchAnswers = openBatchAnswers({ batchStore })
  const callProvider = openProviderCall(context, parts, { ...routes, journal })
  const callModel = buildPipeline(callProvider, {
    ...task,
    curated,
    leases: parts.leases,
    results: openResultCache(stores, keys),
    batchAnswers,
    batch: openBatchStage(context, parts, { batchAnswers, batchStore }),
    fallback: fallback && {
      routes: routes.status,
      reserve: (item, model) => reserveFallback(journal, item, model),
      afterMs: fallback.afterMs,
    },
    typesPerCall: config.CAPSTAN_TYPES_PER_CALL,
    metrics,
    log,
  })
  return {
    routes,
    callProvider,
    catalog,
    deps: {
      journal,
      addNext: (scanId) =>
        ensureJobs({ redis: stores, keys, queues, journal }, scanId, { isRefill: true }),
      signalPause: (scanId) => publishSignal(stores, keys, { type: 'pause', scanId }),
      definitions: openDefinitionStore(stores, keys),
      task,
      callModel,
      batchAnswers,
      routes: routes.status,
      retries: openRetryBudget(stores, keys),
      metrics,
      log,
      workerId,
    },
  }
}

/** The lease of a permit lasts longer than its call, so that the slot of a running call is never free. */
const LEASE_MARGIN_MS = 10_000
/** The batch poller wakes the jobs that wait for batches. If it fails to, they look again after this many polls. */
const POLLS_TO_REST = 30
const POLLS_ELSEWHERE = 10

function openBatchStage(
  { config }: WorkerContext,
  { metrics }: AnalysisParts,
  batches: Pick<PipelineParts['batch'], 'batchAnswers' | 'batchStore'>,
): PipelineParts['batch'] {
  const pollMs = config.CAPSTAN_BATCH_POLL_MS
  return {
    ...batches,
    metrics,
    lookAgainMs: POLLS_TO_REST * pollMs,
    elsewhereMs: POLLS_ELSEWHERE * pollMs,
  }
}

function openProviderCall(
  { config, stores, keys, log, accounts }: WorkerContext,
  { metrics, dailyBudget, dialects }: AnalysisParts,
  { admission, limiter, health, journal }: Routes & { journal: Journal },
): ModelCall {
  const callTimeoutMs = config.CAPSTAN_CALL_TIMEOUT_MS
  const parts: ProviderCallParts = {
    accounts,
    admission,
    limiter,
    health,
    dialects,
    dailyBudget,
    hedging: config.CAPSTAN_HEDGE
      ? { limiter, budget: openHedgeBudget(stores, keys), journal }
      : undefined,
    callTimeoutMs,
    ttlMs: callTimeoutMs + LEASE_MARGIN_MS,
    findPrice: (provider, model) => findPrice(provider, model, config.CAPSTAN_PRICES),
    onAdmitted: (provider, waitedMs) =>
      metrics.admissionWaitSeconds.observe({ provider }, waitedMs / 1_000),
    log,
  }
  return buildProviderCall(parts)
}
