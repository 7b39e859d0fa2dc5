import type { Progress } from '@capstan/shared/contract/scan/progress'

/** Known limits on the speed of the calls of one scan. */
export interface ScanCapacity {
  /** Maximum number of concurrent calls: the workers' slots, or the provider's concurrency limit when it is lower. */
  concurrency: number
  /**
   * Calls in flight now. A running type without a call still waits for admission and has taken nothing from the buckets.
   * Default: every running type has a call in flight.
   */
  inFlight?: number
  /** Latency of one call. Null before the first answer. */
  latency: { medianMs: number; sigma: number } | null
  /** Null when calls may start. */
  blocked: CallBlock | null
  buckets: CapacityBucket[]
}

/** Why no call of a scan may start. */
export interface CallBlock {
  /** The account whose limits block calls; null when no account is the reason. */
  account: string | null
  because: string
  /** Null when the end is unknown. */
  forMs: number | null
}

/** One token bucket of a provider. */
export interface CapacityBucket {
  /** Refill rate per millisecond. */
  perMs: number
  /** May be negative. */
  available: number
  /** Amount that a call with this many estimated input tokens takes. */
  cost: (inputTokens: number) => number
}

export interface RemainingWork {
  progress: Pick<Progress, 'queued' | 'retrying' | 'running'>
  /** Sum of the estimated input tokens of all unfinished types. */
  inputTokens: number
}

/**
 * Estimates the milliseconds left: the maximum of the time to refill the buckets and the time to serve the waiting calls in
 * the slots, plus the last wave of k concurrent calls. The slowest call of that wave takes the expected maximum of k
 * lognormal latencies, m * exp(s * sqrt(2 ln k)). Undefined before the first answer.
 */
export function estimateEtaByCapacityMs(
  left: RemainingWork,
  capacity: ScanCapacity,
): number | undefined {
  if (capacity.latency === null) return undefined
  const { medianMs, sigma } = capacity.latency
  const meanMs = medianMs * Math.exp(sigma ** 2 / 2)
  const { queued, retrying, running } = left.progress
  const unfinished = queued + retrying + running
  const waiting = unfinished - Math.min(running, capacity.inFlight ?? running)
  if (unfinished === 0) return 0
  const lanes = Math.max(1, Math.min(capacity.concurrency, unfinished))
  const bySlots = (waiting * meanMs) / lanes
  const perCall = left.inputTokens / unfinished
  const byBuckets = capacity.buckets.map(({ perMs, available, cost }) =>
    Math.max(0, (waiting * cost(perCall) - available) / perMs),
  )
  const lastWave = 0.55 * meanMs * Math.exp(sigma * Math.sqrt(2 * Math.log(lanes)))
  const halfACall = waiting > 0 ? 0.5 * meanMs : 0
  return (capacity.blocked?.forMs ?? 0) + Math.max(bySlots, ...byBuckets) + halfACall + lastWave
}
