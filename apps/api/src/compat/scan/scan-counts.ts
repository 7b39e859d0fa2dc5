import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { Session } from './session-store.ts'

const SHOWN_ERRORS = 5

export interface Counts {
  /** Of the scan and of the names that the cluster does not offer. */
  total: number
  done: number
  successful: number
  failed: number
  percentage: number
}

/** How far a session is. Names that mean nothing count as failed from the start, so the counts sum to the total. */
export function countsOf({ unknown }: Session, { progress, failures }: Scan): Counts {
  const total = (progress.total ?? 0) + unknown.length
  const done = progress.finished + unknown.length
  return {
    total,
    done,
    // What has not changed is known, as if it had been asked about again.
    successful: progress.succeeded + progress.skipped - failures.discarded,
    failed: progress.failed + failures.discarded + progress.canceled + unknown.length,
    percentage: total === 0 ? 100 : Math.floor((done / total) * 100),
  }
}

export function finishedCounts(session: Session, scan: Scan): Counts & { processingTime: string } {
  const from = Date.parse(scan.startedAt ?? scan.createdAt)
  const to = Date.parse(scan.finishedAt ?? new Date().toISOString())
  return { ...countsOf(session, scan), processingTime: inWords(to - from) }
}

/** The latest failures, each with its cause. */
export function errorsOf({ unknown }: Session, { failures }: Scan) {
  const failed = failures.sample.map(({ resource, problem }) => ({
    resource,
    error: problem.detail === undefined ? problem.title : `${problem.title}: ${problem.detail}`,
  }))
  return [...unknown, ...failed].slice(-SHOWN_ERRORS)
}

/** `12 seconds` or `3.5 minutes`. */
export function inWords(ms: number): string {
  const minutes = Math.round(ms / 6_000) / 10
  return minutes > 1 ? `${minutes} minutes` : `${Math.round(ms / 1_000)} seconds`
}
