import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import type { Usage } from '@capstan/shared/contract/capability'

/** 0.1 s to two minutes: model calls take 3 to 7 s, and time out at 120 s. */
const SECONDS = [0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 30, 60, 120]

type ModelLabels = { provider: string; model: string }

/** Counts of this process alone; sum() over workers for the whole. Never a scan or a type as label. */
export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>

export function createWorkerMetrics(facts: {
  version: string
  concurrency: number
  active: () => number
}) {
  const registry = new Registry()
  const registers = [registry]
  const modelLabels = ['provider', 'model'] as const
  const attempts = new Counter({
    name: 'capstan_resource_attempts_total',
    help: 'Starts by how they ended.',
    labelNames: ['outcome'] as const,
    registers,
  })
  const resources = new Counter({
    name: 'capstan_resources_total',
    help: 'Types that reached their end in this process.',
    labelNames: ['outcome', 'reason'] as const,
    registers,
  })
  const resourceDuration = new Histogram({
    name: 'capstan_resource_duration_seconds',
    help: 'From claim to recorded success.',
    labelNames: modelLabels,
    buckets: SECONDS,
    registers,
  })
  const llmRequests = new Counter({
    name: 'capstan_llm_requests_total',
    help: 'Model calls by how they ended.',
    labelNames: ['provider', 'model', 'outcome'] as const,
    registers,
  })
  const llmRequestSeconds = new Histogram({
    name: 'capstan_llm_request_duration_seconds',
    help: 'Time of one model call.',
    labelNames: modelLabels,
    buckets: SECONDS,
    registers,
  })
  const llmTokens = new Counter({
    name: 'capstan_llm_tokens_total',
    help: 'Tokens that providers reported.',
    labelNames: ['provider', 'model', 'type'] as const,
    registers,
  })
  const cacheHits = new Counter({
    name: 'capstan_cache_hits_total',
    help: 'Answers that were not paid for again.',
    labelNames: ['kind'] as const,
    registers,
  })
  registerFacts(registry, facts)
  return {
    registry,
    attempts,
    resources,
    llmRequests,
    llmRequestSeconds,
    cacheHits,
    resourceSeconds: {
      observe: ({ provider, model }: ModelLabels, durationMs: number): void =>
        resourceDuration.observe({ provider, model }, durationMs / 1_000),
    },
    countTokens: (labels: ModelLabels, usage: Usage): void => {
      llmTokens.inc({ ...labels, type: 'input' }, usage.inputTokens)
      llmTokens.inc({ ...labels, type: 'cached' }, usage.cachedTokens)
      llmTokens.inc({ ...labels, type: 'output' }, usage.outputTokens)
    },
  }
}

function registerFacts(
  registry: Registry,
  facts: { version: string; concurrency: number; active: () => number },
): void {
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
