import type { Progress } from './contract/scan/progress.ts'
import type { ItemStatus } from './contract/scan/scan-item.ts'

/** Builds the counters of a scan. `total` is null before the plan. */
export function buildProgress(
  total: number | null,
  count: (status: ItemStatus) => number,
): Progress {
  const ended = {
    succeeded: count('succeeded'),
    failed: count('failed'),
    skipped: count('skipped'),
    canceled: count('canceled'),
  }
  const finished = ended.succeeded + ended.failed + ended.skipped + ended.canceled
  return {
    total,
    queued: count('queued'),
    running: count('running'),
    retrying: count('retrying'),
    ...ended,
    finished,
    percent: computePercent(finished, total),
  }
}

/** Rounded down, so that 100 means finished. */
function computePercent(finished: number, total: number | null): number {
  if (total === null) return 0
  return total === 0 ? 100 : Math.floor((finished / total) * 1000) / 10
}
