import type { Progress } from '@capstan/shared/contract/scan/progress'

/** How fast the calls of one scan may go, as far as anybody knows. */
export interface ScanCapacity {
  /** Calls that may be in flight at once: the workers' slots, or the provider's limit when it is lower. */
  concurrency: number
  /**
   * Calls that are in flight now. A type that runs without one still waits for its turn at the provider, and has taken
   * nothing from the buckets yet. Left out, every type that runs counts as a call.
   */
  inFlight?: number
  /** Of one call. Null before the first was answered. */
  latency: { medianMs: number; sigma: number } | null
  /** Why no call may start at all now; null when calls may start. */
  blocked: CallBlock | null
  buckets: CapacityBucket[]
}

/** Why no call of a scan may start. */
export interface CallBlock {
  /** Whose limits it is about; null when no account is the reason. */
  account: string | null
  because: string
  /** Null when the end is unknown. */
  forMs: number | null
}

/** One limit of a provider: refilled at `perMs`, `available` now, and what a call takes from it. */
export interface CapacityBucket {
  perMs: number
  /** May be negative. */
  available: number
  /** Of a call whose prompt holds this many estimated tokens. */
  cost: (inputTokens: number) => number
}

export interface RemainingWork {
  progress: Pick<Progress, 'queued' | 'retrying' | 'running'>
  /** Estimated input tokens of all unfinished types together. */
  inputTokens: number
}

/**
 * Milliseconds left: work over rates, not counts over counts. The longer of what the buckets still have to be
 * filled with and what the slots still have to serve, and then the last wave, whose slowest call is the
 * expected maximum of k lognormal latencies, m * exp(s * sqrt(2 ln k)). Undefined before any call was answered.
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
