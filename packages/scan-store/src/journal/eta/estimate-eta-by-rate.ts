import { UNKNOWN_ETA, type Eta } from '@capstan/shared/contract/speed/eta'
import type { Progress } from '@capstan/shared/contract/scan/progress'

const WINDOW_MS = 30_000
const MIN_FINISHES = 5
/** 80 % of a standard normal distribution are within this. */
const BAND_SIGMAS = 1.28
const MAX_ERROR = 0.6

/**
 * Estimates the time left as unfinished types / finish rate of the last 30 s. With fewer than five finishes in 30 s the
 * rate is that of the last five finishes. Seconds are null until five types have finished. `recentMs` are finish times
 * (ms since 1970, ascending). `nowMs` is the time of Redis; the rate includes the time since the last finish.
 */
export function estimateEtaByRate(progress: Progress, recentMs: number[], nowMs: number): Eta {
  const inWindow = recentMs.filter((finishedMs) => finishedMs > nowMs - WINDOW_MS).length
  const measured = recentMs.slice(-Math.max(inWindow, MIN_FINISHES))
  const first = measured[0]
  if (first === undefined || measured.length < MIN_FINISHES) {
    return UNKNOWN_ETA
  }
  // The first finish starts the interval and is not counted.
  const perMs = (measured.length - 1) / Math.max(1, nowMs - first)
  const left = progress.queued + progress.running + progress.retrying
  const seconds = Math.round(left / perMs / 100) / 10
  // The number of finishes is random: its relative standard deviation is 1 / sqrt(n).
  const error = Math.min(MAX_ERROR, BAND_SIGMAS / Math.sqrt(measured.length - 1))
  return {
    ...UNKNOWN_ETA,
    seconds,
    low: Math.round(seconds * (1 - error) * 10) / 10,
    high: Math.round((seconds / (1 - error)) * 10) / 10,
    ratePerMinute: Math.round(perMs * 600_000) / 10,
  }
}
