import { UNKNOWN_ETA, type Eta, type WhatIf } from '@capstan/shared/contract/speed/eta'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import { formatDuration } from '@capstan/shared/text/units'
import {
  estimateEtaByCapacity,
  type RemainingWork,
  type ScanCapacity,
} from './estimate-eta-by-capacity.ts'
import { estimateEtaByRate } from './estimate-eta-by-rate.ts'
import type { CapacityChange, ScanForecast } from './scan-forecast.ts'
import {
  measureSilence,
  widenSilentEta,
  type EtaBand,
  type LastChanges,
} from './widen-silent-eta.ts'

/** State of a working scan that its time left depends on. */
export interface WorkState extends LastChanges {
  progress: Progress
  /** Sum of the estimated input tokens of all unfinished types. */
  inputTokens: number
  /** Concurrency of the scan; undefined without a bound. */
  concurrency: number | undefined
  usesBatches: boolean
}

/** Estimates from the capacity when it is known, else from the finish rate. */
export function buildEta(state: WorkState, forecast: ScanForecast | undefined): Eta {
  const counted = estimateEtaByRate(state.progress, state.recentMs, state.nowMs)
  // Answers of a batch arrive together, at an unknown time.
  if (state.usesBatches) return { ...UNKNOWN_ETA, ratePerMinute: counted.ratePerMinute }
  const capacity = forecast?.capacity
  if (state.progress.total === null || !capacity) return counted
  const bound = boundByScan(capacity, state.concurrency)
  const estimate = estimateEtaByCapacity(state, bound)
  if (estimate === undefined) return counted
  const { ms, errorMs, because } = estimate
  const band = { ms, lowMs: Math.max(0, ms - errorMs), highMs: ms + errorMs }
  const { ratePerMinute } = counted
  const silentMs = measureSilence(state, bound, because)
  // No change of the capacity ends a call that hangs.
  if (silentMs !== undefined)
    return {
      ...UNKNOWN_ETA,
      ...toEtaBand(widenSilentEta(band, silentMs)),
      ratePerMinute,
      silentSeconds: toSeconds(silentMs),
    }
  return {
    ...UNKNOWN_ETA,
    ...toEtaBand(band),
    ratePerMinute,
    because,
    whatIf: listChanges(capacity, state, forecast.changes ?? []).flatMap(
      ([change, changed]) => describeChange(change, state, { ms, changed }) ?? [],
    ),
  }
}

/** A scan with a concurrency has at most that many calls in flight. */
function boundByScan(capacity: ScanCapacity, concurrency = Infinity): ScanCapacity {
  return concurrency < capacity.concurrency
    ? { ...capacity, concurrency, concurrencyBound: 'concurrency-of-scan' }
    : capacity
}

/** A change of the workers or accounts, and of the concurrency of the scan itself. */
function listChanges(
  capacity: ScanCapacity,
  { concurrency }: WorkState,
  changes: CapacityChange[],
): [WhatIf['change'], ScanCapacity][] {
  const others = changes.map(({ change, capacity: changed }): [WhatIf['change'], ScanCapacity] => [
    change,
    boundByScan(changed, concurrency),
  ])
  if (concurrency === undefined) return others
  const wider = boundByScan(capacity, 2 * concurrency)
  return [...others.filter(([change]) => change !== 'concurrency'), ['concurrency', wider]]
}

const NAMES: Record<WhatIf['change'], string> = {
  worker: '+1 worker',
  requests: 'twice the requests a minute',
  tokens: 'twice the tokens a minute',
  concurrency: 'twice the concurrency',
}

/** Smaller differences are within the error of the estimate. */
const MIN_CHANGE_MS = 1_000
const MIN_CHANGE = 0.03

function describeChange(
  change: WhatIf['change'],
  work: RemainingWork,
  { ms, changed }: { ms: number; changed: ScanCapacity },
): WhatIf | undefined {
  const estimate = estimateEtaByCapacity(work, changed)
  if (estimate === undefined) return undefined
  // More lanes wait for the slowest of more last calls. That they wait longer in all is an error of the estimate.
  const changedMs = Math.min(ms, estimate.ms)
  const lessMs = ms - changedMs
  const isNone = lessMs < Math.max(MIN_CHANGE_MS, MIN_CHANGE * ms)
  const effect = isNone ? 'no change' : `${formatDuration(lessMs)} less`
  return { change, seconds: toSeconds(changedMs), text: `${NAMES[change]}: ${effect}` }
}

function toEtaBand({ ms, lowMs, highMs }: EtaBand): Pick<Eta, 'seconds' | 'low' | 'high'> {
  return { seconds: toSeconds(ms), low: toSeconds(lowMs), high: toSeconds(highMs) }
}

function toSeconds(ms: number): number {
  return Math.round(ms / 100) / 10
}
