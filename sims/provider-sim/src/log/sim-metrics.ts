import { Counter, Gauge, Registry } from '@prometheus-io/client'
import type { SimState } from '../call/sim-state.ts'

/** Metrics of the clients since the start or the last reset, in the text format of Prometheus. */
export function renderMetrics(state: SimState): Promise<string> {
  // A new registry per request: a reset starts from zero, and the call log is the source of truth.
  const registry = new Registry()
  countCalls(registry, state)
  addInFlight(registry, state)
  addBuckets(registry, state)
  return registry.metrics()
}

function countCalls(registry: Registry, { calls }: SimState): void {
  const registers = [registry]
  const outcomes = new Counter({
    name: 'provider_sim_calls_total',
    help: 'Calls by outcome; pending calls are still running.',
    labelNames: ['account', 'outcome'] as const,
    registers,
  })
  const rejections = new Counter({
    name: 'provider_sim_rejections_total',
    help: 'Rejected calls by reason: a bucket, concurrency, ramp, spend, capacity and so on.',
    labelNames: ['account', 'reason'] as const,
    registers,
  })
  const tokens = new Counter({
    name: 'provider_sim_tokens_total',
    help: 'Tokens of answered calls.',
    labelNames: ['account', 'kind'] as const,
    registers,
  })
  for (const call of calls) {
    const { account, verdict, refusedBy } = call
    outcomes.inc({ account, outcome: verdict })
    if (refusedBy !== undefined) rejections.inc({ account, reason: refusedBy })
    if (verdict !== 'answered') continue
    tokens.inc({ account, kind: 'input' }, call.inputTokens + call.cacheWriteTokens)
    tokens.inc({ account, kind: 'cached' }, call.cachedTokens)
    tokens.inc({ account, kind: 'output' }, call.outputTokens)
  }
}

function addInFlight(registry: Registry, { inFlight }: SimState): void {
  const gauge = (name: string, help: string, value: number): void =>
    new Gauge({ name, help, registers: [registry] }).set(value)
  gauge('provider_sim_in_flight', 'Admitted calls in flight.', inFlight.total)
  gauge('provider_sim_in_flight_peak', 'Maximum number of calls in flight.', inFlight.peak)
}

function addBuckets(registry: Registry, { limits, clock }: SimState): void {
  const gauge = (name: string, help: string) =>
    new Gauge({
      name,
      help,
      labelNames: ['account', 'group', 'bucket'] as const,
      registers: [registry],
    })
  const levels = gauge('provider_sim_bucket_level', 'Level of a bucket; negative while in debt.')
  const capacities = gauge('provider_sim_bucket_capacity', 'Capacity of a bucket.')
  for (const { account, group, name, level, capacity } of limits.levels(clock.nowMs())) {
    levels.set({ account, group, bucket: name }, level)
    capacities.set({ account, group, bucket: name }, capacity)
  }
}
