import type { Scan } from '@capstan/shared/contract/scan/scan'

/** Decides whether a scan waits for a person. Called repeatedly while the scan is watched. */
export type NeedsPersonCheck = (scan: Scan, nowMs: number) => boolean

/** A wait that resumes within this time is the same wait: an open breaker lets single calls through. */
const SAME_WAIT_MS = 30_000

/**
 * True at once for a pause by a fault or a budget that does not end on its own. True for any other pause or
 * wait once it has lasted `maxWaitMs` without a finished type.
 */
export function createNeedsPersonCheck(maxWaitMs: number): NeedsPersonCheck {
  let sinceMs: number | undefined
  let lastMs = 0
  let finished = -1
  return (scan, nowMs) => {
    if (scan.done) return false
    if (isForPerson(scan)) return true
    const isHeld = scan.status === 'paused' || scan.throttle !== null
    if (isHeld) lastMs = nowMs
    const hasMoved = scan.progress.finished !== finished
    finished = scan.progress.finished
    if (hasMoved || nowMs - lastMs > SAME_WAIT_MS) sinceMs = undefined
    if (isHeld) sinceMs ??= nowMs
    return sinceMs !== undefined && nowMs - sinceMs >= maxWaitMs
  }
}

function isForPerson({ status, pause }: Scan): boolean {
  const problem = pause?.problem
  return status === 'paused' && problem !== undefined && problem.until === undefined
}
