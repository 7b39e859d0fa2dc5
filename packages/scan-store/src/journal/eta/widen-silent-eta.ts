import type { Progress } from '@capstan/shared/contract/scan/progress'
import { boundSigma, type CapacityEstimate, type ScanCapacity } from './estimate-eta-by-capacity.ts'

/** The last changes of a scan. */
export interface LastChanges {
  progress: Pick<Progress, 'running'>
  /** Finish times in ms, ascending. */
  recentMs: number[]
  /** Start of the running type that started last, in ms. Undefined when none runs. */
  newestStartMs: number | undefined
  /** Time of Redis. */
  nowMs: number
}

/** Bounds that make calls wait for permits although nothing hangs. */
const SLOT_BOUNDS = new Set<CapacityEstimate['because']>([
  null,
  'few-slots',
  'concurrency',
  'concurrency-of-scan',
])
/** 95 % of a standard normal distribution are below this. */
const SLOW_SIGMAS = 1.64
/** Allows for time outside of calls. */
const MARGIN = 1.5
const MIN_SILENCE_MS = 1_000

/**
 * Returns the time in ms since a type of the scan started or finished, when that is longer than a slow call takes. Undefined
 * otherwise, and while calls wait for the provider's limits.
 */
export function measureSilence(
  { progress, recentMs, newestStartMs, nowMs }: LastChanges,
  { latency, blocked, concurrency, inFlight = progress.running }: ScanCapacity,
  because: CapacityEstimate['because'],
): number | undefined {
  if (latency === null || blocked !== null || newestStartMs === undefined) return undefined
  if (inFlight <= 0 || !SLOT_BOUNDS.has(because)) return undefined
  // The slowest of k concurrent calls: see estimateEtaByCapacity.
  const lanes = Math.max(1, Math.min(concurrency, progress.running))
  const sigmas = Math.max(SLOW_SIGMAS, Math.sqrt(2 * Math.log(lanes)))
  const slowMs = MARGIN * latency.medianMs * Math.exp(boundSigma(latency.sigma) * sigmas)
  const silentMs = nowMs - Math.max(newestStartMs, recentMs.at(-1) ?? 0)
  return silentMs > Math.max(MIN_SILENCE_MS, slowMs) ? silentMs : undefined
}

export interface EtaBand {
  ms: number
  lowMs: number
  highMs: number
}

/**
 * Adds the time that calls are expected to hang on. Nothing is known but that they have hung for `silentMs` = t. A moment at
 * random in a wait of unknown length has a rest below t with probability 1/2, below t/9 with 1/10, and below 9t with 9/10.
 */
export function widenSilentEta({ ms, lowMs, highMs }: EtaBand, silentMs: number): EtaBand {
  return { ms: ms + silentMs, lowMs: lowMs + silentMs / 9, highMs: highMs + 9 * silentMs }
}
