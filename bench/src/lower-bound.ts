export interface LowerBound {
  ms: number
  /** The binding constraint: the slots, the slowest single call, or a limit by its name. */
  binding: 'concurrency' | 'slowest call' | (string & {})
}

/** One limit of the provider: full at the start, then refilled. */
export interface Supply {
  name: string
  /** Amount that all calls together need. */
  needed: number
  capacity: number
  perMs: number
}

/**
 * LB = max(sum(L) / C, max(L), max over limits of (needed - capacity) / rate + min(L)) for latencies L (ms)
 * on C slots. No schedule of independent calls is shorter.
 */
export function computeLowerBound(
  latenciesMs: number[],
  slots: number,
  supplies: Supply[] = [],
): LowerBound {
  const fastest = Math.min(...latenciesMs)
  const bySupply = supplies.map(({ name, needed, capacity, perMs }) => ({
    ms: Math.max(0, needed - capacity) / perMs + fastest,
    binding: name,
  }))
  const bounds: LowerBound[] = [computeTimeBound(latenciesMs, slots), ...bySupply]
  return bounds.reduce((most, next) => (next.ms > most.ms ? next : most))
}

function computeTimeBound(latenciesMs: number[], slots: number): LowerBound {
  const perSlot = latenciesMs.reduce((sum, latency) => sum + latency, 0) / slots
  const slowest = Math.max(...latenciesMs)
  return perSlot >= slowest
    ? { ms: perSlot, binding: 'concurrency' }
    : { ms: slowest, binding: 'slowest call' }
}
