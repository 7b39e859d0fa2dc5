export interface LowerBound {
  ms: number
  /** What no scheduler can beat: the slots, or the slowest single call. */
  binding: 'concurrency' | 'slowest call'
}

/** LB = max(sum(L) / C, max(L)) for latencies L (ms) on C slots: no schedule of independent calls is shorter. */
export function lowerBound(latenciesMs: number[], slots: number): LowerBound {
  const perSlot = latenciesMs.reduce((sum, latency) => sum + latency, 0) / slots
  const slowest = Math.max(...latenciesMs)
  return perSlot >= slowest
    ? { ms: perSlot, binding: 'concurrency' }
    : { ms: slowest, binding: 'slowest call' }
}
