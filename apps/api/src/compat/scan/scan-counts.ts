import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { CompatSession } from './session-store.ts'

const SHOWN_ERRORS = 5

export interface SessionCounts {
  /** Types of the scan and unknown names. */
  total: number
  done: number
  successful: number
  failed: number
  percentage: number
}

/** Counts the types of a session. Unknown names count as failed from the start, so that the counts sum to the total. */
export function countResources(
  { unknown }: CompatSession,
  { progress, failures }: Scan,
): SessionCounts {
  const total = (progress.total ?? 0) + unknown.length
  const done = progress.finished + unknown.length
  return {
    total,
    done,
    // Unchanged types count as successful, as in dot-ai.
    successful: progress.succeeded + progress.skipped - failures.discarded,
    failed: progress.failed + failures.discarded + progress.canceled + unknown.length,
    percentage: total === 0 ? 100 : Math.floor((done / total) * 100),
  }
}

export function countFinished(
  session: CompatSession,
  scan: Scan,
): SessionCounts & { processingTime: string } {
  const from = Date.parse(scan.startedAt ?? scan.createdAt)
  const to = Date.parse(scan.finishedAt ?? new Date().toISOString())
  return { ...countResources(session, scan), processingTime: formatCompatDuration(to - from) }
}

/** Lists the latest failures with their causes. */
export function listErrors({ unknown }: CompatSession, { failures }: Scan) {
  const failed = failures.sample.map(({ resource, problem }) => ({
    resource,
    error: problem.detail === undefined ? problem.title : `${problem.title}: ${problem.detail}`,
  }))
  return [...unknown, ...failed].slice(-SHOWN_ERRORS)
}

/** Examples: `12 seconds`, `3.5 minutes`. */
export function formatCompatDuration(ms: number): string {
  const minutes = Math.round(ms / 6_000) / 10
  return minutes > 1 ? `${minutes} minutes` : `${Math.round(ms / 1_000)} seconds`
}
