import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import type { Usage } from '@capstan/shared/contract/usage'
import type { Route } from '@capstan/scan-store/routes/route'
import { openModelSeries } from './model-series.ts'

/** 0.1 s to two minutes: model calls take 3 to 7 s, and time out at 120 s. */
const SECONDS = [0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 30, 60, 120]

interface ProcessFacts {
  version: string
  concurrency: number
  active: () => number
}

/** Metrics of this process; use sum() over workers for totals. Scans and types are never labels. */
export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>

export function createWorkerMetrics(facts: ProcessFacts) {
  const registry = new Registry()
  registerFacts(registry, facts)
  return {
    registry,
    ...createResourceMetrics(registry),
    ...createModelMetrics(registry),
    ...limitMetrics(registry),
  }
}

function createResourceMetrics(registry: Registry) {
  const registers = [registry]
  return {
    attempts: new Counter({
      name: 'capstan_resource_attempts_total',
      help: 'Attempts by outcome.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    resources: new Counter({
      name: 'capstan_resources_total',
      help: 'Types that ended in this process, by outcome, reason and source of the answer.',
      labelNames: ['outcome', 'reason', 'source'] as const,
      registers,
    }),
    cacheHits: new Counter({
      name: 'capstan_cache_hits_total',
      help: 'Answers from the result cache, which cost no call.',
      labelNames: ['kind'] as const,
      registers,
    }),
  }
}

/** Metrics with a model as label; model-series.ts decides which models have series of their own. */
function createModelMetrics(registry: Registry) {
  const { tokens, estimatedTokens, requests, ...times } = callMetrics([registry])
  const { callSeconds, typeSeconds, admissionWaitSeconds } = times
  const series = openModelSeries({
    counters: [tokens, estimatedTokens, requests],
    histograms: [callSeconds, typeSeconds],
  })
  return {
    models: { add: series.add, drop: series.drop },
    admissionWaitSeconds,
    countCall: (route: Route, outcome: string): void =>
      requests.inc({ ...series.labels(route), outcome }),
    timeCall: (route: Route, durationMs: number): void =>
      callSeconds.observe(series.labels(route), durationMs / 1_000),
    timeType: (route: Route, durationMs: number): void =>
      typeSeconds.observe(series.labels(route), durationMs / 1_000),
    countTokens: (route: Route, usage: Usage): void => {
      const labels = series.labels(route)
      tokens.inc({ ...labels, type: 'input' }, usage.inputTokens)
      tokens.inc({ ...labels, type: 'cached' }, usage.cachedTokens)
      tokens.inc({ ...labels, type: 'output' }, usage.outputTokens)
      if (usage.estimatedTokens) estimatedTokens.inc(labels, usage.estimatedTokens)
    },
  }
}

function callMetrics(registers: Registry[]) {
  const timed = (name: string, help: string) =>
    new Histogram({
      name,
      help,
      labelNames: ['provider', 'model'] as const,
      buckets: SECONDS,
      registers,
    })
  return {
    callSeconds: timed('capstan_llm_request_duration_seconds', 'Duration of one model call.'),
    typeSeconds: timed(
      'capstan_resource_duration_seconds',
      'Time from the claim of a type to its recorded success.',
    ),
    tokens: new Counter({
      name: 'capstan_llm_tokens_total',
      help: 'Tokens of answered calls: reported by the provider, otherwise estimated.',
      labelNames: ['provider', 'model', 'type'] as const,
      registers,
    }),
    estimatedTokens: new Counter({
      name: 'capstan_llm_estimated_tokens_total',
      help: 'The part of capstan_llm_tokens_total that is estimated, because the provider did not report usage.',
      labelNames: ['provider', 'model'] as const,
      registers,
    }),
    requests: new Counter({
      name: 'capstan_llm_requests_total',
      help: 'Model calls by outcome.',
      labelNames: ['provider', 'model', 'outcome'] as const,
      registers,
    }),
    admissionWaitSeconds: new Histogram({
      name: 'capstan_llm_admission_wait_seconds',
      help: 'Time that a call waited for admission.',
      labelNames: ['provider'] as const,
      buckets: SECONDS,
      registers,
    }),
  }
}

function limitMetrics(registry: Registry) {
  const registers = [registry]
  return {
    breakerChanges: new Counter({
      name: 'capstan_circuit_breaker_changes_total',
      help: 'State changes of circuit breakers that were caused by calls of this process.',
      labelNames: ['account', 'to'] as const,
      registers,
    }),
    throttleSeconds: new Counter({
      name: 'capstan_llm_throttle_seconds_total',
      help: 'Time that calls of all workers waited for a limit of a provider, counted by the process that reported it first.',
      labelNames: ['provider', 'account', 'scope'] as const,
      registers,
    }),
    dailyBudgetRejections: new Counter({
      name: 'capstan_daily_budget_rejections_total',
      help: 'Calls and batches that were not sent because they would have exceeded the daily budget.',
      registers,
    }),
    hedgedRequests: new Counter({
      name: 'capstan_llm_hedges_total',
      help: 'Second calls that were sent beside a slow call.',
      labelNames: ['provider'] as const,
      registers,
    }),
  }
}

function registerFacts(registry: Registry, facts: ProcessFacts): void {
  const registers = [registry]
  new Gauge({
    name: 'capstan_worker_concurrency',
    help: 'Maximum number of types that are analysed at the same time.',
    registers,
  }).set(facts.concurrency)
  new Gauge({
    name: 'capstan_worker_active_jobs',
    help: 'Types that are being analysed now.',
    registers,
    collect() {
      this.set(facts.active())
    },
  })
  new Gauge({
    name: 'capstan_build_info',
    help: 'Always 1; the label is the version.',
    labelNames: ['version'] as const,
    registers,
  }).set({ version: facts.version }, 1)
}
