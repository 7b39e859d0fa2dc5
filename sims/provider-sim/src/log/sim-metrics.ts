import { Counter, Gauge, Registry } from '@prometheus-io/client'
import type { SimState } from '../call/sim-state.ts'

/** What a provider sees of its clients since the start or the last reset, in the text format of Prometheus. */
export function metricsOf(state: SimState): Promise<string> {
  // Of this state alone: a reset begins a new one, and the call log is what is true.
  const registry = new Registry()
  countCalls(registry, state)
  tellInFlight(registry, state)
  tellBuckets(registry, state)
  return registry.metrics()
}

function countCalls(registry: Registry, { calls }: SimState): void {
  const registers = [registry]
  const outcomes = new Counter({
    name: 'provider_sim_calls_total',
    help: 'Calls by how they ended; pending ones still run.',
    labelNames: ['account', 'outcome'] as const,
    registers,
  })
  const refusals = new Counter({
    name: 'provider_sim_refusals_total',
    help: 'Calls turned away, by what turned them away: a bucket, concurrency, ramp, spend, capacity and so on.',
    labelNames: ['account', 'because'] as const,
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
    if (refusedBy !== undefined) refusals.inc({ account, because: refusedBy })
    if (verdict !== 'answered') continue
    tokens.inc({ account, kind: 'input' }, call.inputTokens + call.cacheWriteTokens)
    tokens.inc({ account, kind: 'cached' }, call.cachedTokens)
    tokens.inc({ account, kind: 'output' }, call.outputTokens)
  }
}

function tellInFlight(registry: Registry, { inFlight }: SimState): void {
  const gauge = (name: string, help: string, value: number): void =>
    new Gauge({ name, help, registers: [registry] }).set(value)
  gauge('provider_sim_in_flight', 'Admitted calls that run now.', inFlight.total)
  gauge('provider_sim_in_flight_peak', 'The most that ran at once.', inFlight.peak)
}

function tellBuckets(registry: Registry, { limits, clock }: SimState): void {
  const gauge = (name: string, help: string) =>
    new Gauge({
      name,
      help,
      labelNames: ['account', 'group', 'bucket'] as const,
      registers: [registry],
    })
  const levels = gauge('provider_sim_bucket_level', 'What is in a bucket; below zero is a debt.')
  const capacities = gauge('provider_sim_bucket_capacity', 'What a bucket holds when it is full.')
  for (const { account, group, name, level, capacity } of limits.levels(clock.nowMs())) {
    levels.set({ account, group, bucket: name }, level)
    capacities.set({ account, group, bucket: name }, capacity)
  }
}
