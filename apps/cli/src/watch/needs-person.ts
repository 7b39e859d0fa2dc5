import type { Scan } from '@capstan/shared/contract/scan/scan'

/** Says whether a scan waits for a person: asked again and again while it is watched. */
export type NeedsPerson = (scan: Scan, nowMs: number) => boolean

/** A wait that begins again so soon is the same wait: a circuit breaker lets single calls through. */
const SAME_WAIT_MS = 30_000

/**
 * True at once for a pause that a fault or a budget brought about and that does not end by itself, and for any other pause or
 * wait once it has lasted for `maxWaitMs` without a type that ended.
 */
export function watchForPerson(maxWaitMs: number): NeedsPerson {
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
