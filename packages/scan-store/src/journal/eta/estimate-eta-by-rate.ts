import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { Scan } from '@capstan/shared/contract/scan/scan'

const WINDOW_MS = 30_000
const MIN_FINISHES = 5

/**
 * Estimates the time left as unfinished types / finish rate of the last 30 s. With fewer than five finishes in 30 s the
 * rate is that of the last five finishes. Seconds are null until five types have finished. `recentMs` are finish times
 * (ms since 1970, ascending). `nowMs` is the time of Redis; the rate includes the time since the last finish.
 */
export function estimateEtaByRate(
  progress: Progress,
  recentMs: number[],
  nowMs: number,
): Scan['eta'] {
  const inWindow = recentMs.filter((finishedMs) => finishedMs > nowMs - WINDOW_MS).length
  const measured = recentMs.slice(-Math.max(inWindow, MIN_FINISHES))
  const first = measured[0]
  if (first === undefined || measured.length < MIN_FINISHES) {
    return { seconds: null, ratePerMinute: 0 }
  }
  // The first finish starts the interval and is not counted.
  const perMs = (measured.length - 1) / Math.max(1, nowMs - first)
  const left = progress.queued + progress.running + progress.retrying
  return {
    seconds: Math.round(left / perMs / 100) / 10,
    ratePerMinute: Math.round(perMs * 600_000) / 10,
  }
}
