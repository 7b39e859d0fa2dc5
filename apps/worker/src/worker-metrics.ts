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

/** Counts of this process alone; sum() over workers for the whole. Never a scan or a type as label. */
export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>

export function createWorkerMetrics(facts: ProcessFacts) {
  const registry = new Registry()
  registerFacts(registry, facts)
  return {
    registry,
    ...resourceMetrics(registry),
    ...modelMetrics(registry),
    ...limitMetrics(registry),
  }
}

function resourceMetrics(registry: Registry) {
  const registers = [registry]
  return {
    attempts: new Counter({
      name: 'capstan_resource_attempts_total',
      help: 'Starts by how they ended.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    resources: new Counter({
      name: 'capstan_resources_total',
      help: 'Types that reached their end in this process.',
      labelNames: ['outcome', 'reason'] as const,
      registers,
    }),
    cacheHits: new Counter({
      name: 'capstan_cache_hits_total',
      help: 'Answers that were not paid for again.',
      labelNames: ['kind'] as const,
      registers,
    }),
  }
}

/** Metrics with a model as label; see model-series.ts for which models have series of their own. */
function modelMetrics(registry: Registry) {
  const { tokens, estimatedTokens, requests, ...times } = callMetrics([registry])
  const { callSeconds, typeSeconds, turnSeconds } = times
  const series = openModelSeries({
    counters: [tokens, estimatedTokens, requests],
    histograms: [callSeconds, typeSeconds],
  })
  return {
    models: { add: series.add, drop: series.drop },
    turnSeconds,
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
    callSeconds: timed('capstan_llm_request_duration_seconds', 'Time of one model call.'),
    typeSeconds: timed('capstan_resource_duration_seconds', 'From claim to recorded success.'),
    tokens: new Counter({
      name: 'capstan_llm_tokens_total',
      help: 'Tokens of answered calls: as providers reported them, and estimated where they did not.',
      labelNames: ['provider', 'model', 'type'] as const,
      registers,
    }),
    estimatedTokens: new Counter({
      name: 'capstan_llm_estimated_tokens_total',
      help: 'How many of capstan_llm_tokens_total are estimated, because the provider did not report them.',
      labelNames: ['provider', 'model'] as const,
      registers,
    }),
    requests: new Counter({
      name: 'capstan_llm_requests_total',
      help: 'Model calls by how they ended.',
      labelNames: ['provider', 'model', 'outcome'] as const,
      registers,
    }),
    turnSeconds: new Histogram({
      name: 'capstan_llm_turn_wait_seconds',
      help: 'Time a call waited for the limits of its provider.',
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
      help: 'Changes of circuit breakers that calls of this process brought about.',
      labelNames: ['account', 'to'] as const,
      registers,
    }),
    throttleSeconds: new Counter({
      name: 'capstan_llm_throttle_seconds_total',
      help: 'Time that calls of any worker waited for a limit of a provider, counted by the first that told of it.',
      labelNames: ['provider', 'account', 'scope'] as const,
      registers,
    }),
    dayRefusals: new Counter({
      name: 'capstan_day_budget_refusals_total',
      help: 'Calls and batches that were not made because they would have passed the budget of the day.',
      registers,
    }),
    hedges: new Counter({
      name: 'capstan_llm_hedges_total',
      help: 'Calls that were made a second time because the first took long.',
      labelNames: ['provider'] as const,
      registers,
    }),
  }
}

function registerFacts(registry: Registry, facts: ProcessFacts): void {
  const registers = [registry]
  new Gauge({
    name: 'capstan_worker_concurrency',
    help: 'Most types at the same time.',
    registers,
  }).set(facts.concurrency)
  new Gauge({
    name: 'capstan_worker_active_jobs',
    help: 'Types being analysed now.',
    registers,
    collect() {
      this.set(facts.active())
    },
  })
  new Gauge({
    name: 'capstan_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'] as const,
    registers,
  }).set({ version: facts.version }, 1)
}
