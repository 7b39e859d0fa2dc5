import type { Dimension } from '@capstan/shared/contract/observed-limits'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { SpeedBound } from '@capstan/shared/contract/speed/speed-bound'

/** Known limits on the speed of the calls of one scan. */
export interface ScanCapacity {
  /** Maximum number of concurrent calls: the workers' slots, or the provider's concurrency limit when it is lower. */
  concurrency: number
  /** The bound that sets `concurrency`. Default: the slots. */
  concurrencyBound?: Extract<SpeedBound, 'few-slots' | 'concurrency' | 'concurrency-of-scan'>
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
  kind: SpeedBound
  /** The account whose limits block calls; null when no account is the reason. */
  account: string | null
  because: string
  /** Null when the end is unknown. */
  forMs: number | null
}

/** One token bucket of a provider. */
export interface CapacityBucket {
  dimension: Dimension
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

export interface CapacityEstimate {
  ms: number
  /** Half of the width of the error band: about eight of ten scans end within `ms` plus or minus this. */
  errorMs: number
  /** Null when only the last calls are left. */
  because: SpeedBound | null
}

/** Error of the inputs: planned tokens, limits that are learned, and other users of the account. */
const INPUT_ERROR = 0.1
/** 80 % of a standard normal distribution are within this. */
const BAND_SIGMAS = 1.28
/** Standard deviation of the end of the last wave, in mean latencies: running calls started at unknown times. */
const LAST_WAVE_SIGMA = 0.3
/**
 * Largest spread of call times. Calls of one model under steady load spread less. When its latency has just jumped, the
 * variance of both states together is larger, and its exponential would turn minutes into days.
 */
const MAX_SIGMA = 1

/**
 * Estimates the time left: the maximum of the time to refill the buckets and the time to serve the waiting calls in
 * the slots, plus the last wave of k concurrent calls. The slowest call of that wave takes the expected maximum of k
 * lognormal latencies, m * exp(s * sqrt(2 ln k)). Undefined before the first answer.
 */
export function estimateEtaByCapacity(
  left: RemainingWork,
  capacity: ScanCapacity,
): CapacityEstimate | undefined {
  if (capacity.latency === null) return undefined
  const { medianMs } = capacity.latency
  const sigma = boundSigma(capacity.latency.sigma)
  const meanMs = medianMs * Math.exp(sigma ** 2 / 2)
  const { queued, retrying, running } = left.progress
  const unfinished = queued + retrying + running
  const waiting = unfinished - Math.min(running, capacity.inFlight ?? running)
  if (unfinished === 0) return { ms: 0, errorMs: 0, because: null }
  const lanes = Math.max(1, Math.min(capacity.concurrency, unfinished))
  const work = findSlowest(left.inputTokens / unfinished, { waiting, meanMs, lanes }, capacity)
  const lastWave = 0.55 * meanMs * Math.exp(sigma * Math.sqrt(2 * Math.log(lanes)))
  const halfACall = waiting > 0 ? 0.5 * meanMs : 0
  const blockedMs = capacity.blocked?.forMs ?? 0
  const chance = (meanMs * Math.sqrt(Math.exp(sigma ** 2) - 1) * Math.sqrt(waiting)) / lanes
  return {
    ms: blockedMs + work.ms + halfACall + lastWave,
    errorMs: BAND_SIGMAS * Math.hypot(INPUT_ERROR * work.ms, chance, LAST_WAVE_SIGMA * meanMs),
    because: blockedMs > work.ms ? (capacity.blocked?.kind ?? null) : work.because,
  }
}

/** Spread of call times for forecasts. */
export function boundSigma(sigma: number): number {
  return Math.min(MAX_SIGMA, sigma)
}

interface Lanes {
  /** Calls that have not started. */
  waiting: number
  meanMs: number
  lanes: number
}

/** Finds the bound under which the waiting calls take longest. */
function findSlowest(
  tokensPerCall: number,
  { waiting, meanMs, lanes }: Lanes,
  { buckets, concurrency, concurrencyBound = 'few-slots' }: ScanCapacity,
): Pick<CapacityEstimate, 'ms' | 'because'> {
  const isWide = lanes < concurrency || waiting === 0
  const slots = { ms: (waiting * meanMs) / lanes, because: isWide ? null : concurrencyBound }
  return buckets
    .map(({ perMs, available, cost, dimension }) => ({
      ms: (waiting * cost(tokensPerCall) - available) / perMs,
      because: dimension,
    }))
    .reduce<Pick<CapacityEstimate, 'ms' | 'because'>>(
      (slowest, next) => (next.ms > slowest.ms ? next : slowest),
      slots,
    )
}
