import type { Scan } from '@capstan/shared/contract/scan/scan'
import { cleanData, DATA_NOTICE } from '../untrusted-text.ts'
import type { ScanSummary } from './shared-fields.ts'

const MAX_WARNINGS = 10
/** A scan finishes many types in this time, and a poll costs an agent a turn. */
const POLL_MS = 5_000

/** Returns the fields of a scan that agents need, with bounded lengths. */
export function summarizeScan(scan: Scan): ScanSummary {
  const { id, status, done, cluster, progress, usage, budget, failures, eta } = scan
  const { total, finished, succeeded, failed, percent } = progress
  const { maxCostUsd } = budget
  return cleanData({
    scanId: id,
    status,
    done,
    cluster,
    warnings: scan.warnings.slice(0, MAX_WARNINGS),
    progress: { total, finished, succeeded, failed, percent },
    costUsd: usage.costUsd,
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    etaSeconds: eta.seconds,
    waitsBecause: describeWait(scan),
    failures: {
      byReason: { ...failures.byReason },
      sample: failures.sample.map(({ resource, problem }) => ({
        resource,
        reason: problem.reason,
        detail: [problem.title, problem.detail, problem.hint].filter(Boolean).join('. '),
      })),
    },
    pollAfterMs: done ? null : POLL_MS,
  })
}

/** Describes a scan in a few lines. */
export function describeScanForModel(scan: Scan): string {
  const summary = summarizeScan(scan)
  const { progress, costUsd, failures, waitsBecause, done } = summary
  const cost = costUsd === null ? 'unknown cost' : `$${costUsd.toFixed(4)}`
  const counts = `${progress.finished} of ${progress.total ?? '?'} types, ${progress.failed} failed`
  const sample = failures.sample.map((one) => `- ${one.resource}: ${one.reason}. ${one.detail}`)
  return [
    `Scan ${summary.scanId} is ${summary.status}: ${counts}, ${cost}.`,
    waitsBecause === null ? '' : `It waits: ${waitsBecause}`,
    sample.length === 0 ? '' : `${DATA_NOTICE}\nFailures:`,
    ...sample,
    done ? '' : `Call get_scan again, with waitSeconds to wait for a change.`,
  ]
    .filter((line) => line !== '')
    .join('\n')
}

function describeWait({ pause, throttle, problem, budget }: Scan): string | null {
  if (budget.stoppedBy !== null) return `its budget is reached (${budget.stoppedBy})`
  return pause?.reason ?? throttle?.because ?? problem?.title ?? null
}
