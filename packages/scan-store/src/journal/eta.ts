import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { Scan } from '@capstan/shared/contract/scan/scan'

const WINDOW_MS = 30_000
const ENOUGH_FINISHES = 5

/**
 * Time left from the finish rate of the last 30 s: left / rate. A slower scan than five types in 30 s is
 * measured over its last five finishes. Null until five types have finished. `recentMs` are finish times
 * (ms since 1970, ascending), `nowMs` Redis time: a scan that comes to a stop is seen to slow down.
 */
export function estimateEtaByRate(
  progress: Progress,
  recentMs: number[],
  nowMs: number,
): Scan['eta'] {
  const inWindow = recentMs.filter((finishedMs) => finishedMs > nowMs - WINDOW_MS).length
  const measured = recentMs.slice(-Math.max(inWindow, ENOUGH_FINISHES))
  const first = measured[0]
  if (first === undefined || measured.length < ENOUGH_FINISHES) {
    return { seconds: null, ratePerMinute: 0 }
  }
  // The first finish opens the window and is not counted in it.
  const perMs = (measured.length - 1) / Math.max(1, nowMs - first)
  const left = progress.queued + progress.running + progress.retrying
  return {
    seconds: Math.round(left / perMs / 100) / 10,
    ratePerMinute: Math.round(perMs * 600_000) / 10,
  }
}
