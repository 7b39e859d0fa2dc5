import { buildProgress } from '@capstan/shared/build-progress'
import type { ItemStatus, ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { Scan } from '@capstan/shared/contract/scan/scan'

const ENDED: readonly ItemStatus[] = ['succeeded', 'failed', 'skipped', 'canceled']

export function isEnded(status: ItemStatus): boolean {
  return ENDED.includes(status)
}

/**
 * Reduces a scan to these types: status, progress, failures and end time refer to them only.
 * Values that are not known per type, such as the cost, stay those of the whole scan.
 */
export function narrowScan(scan: Scan, items: ScanItem[]): Scan {
  const progress = countStatuses(items.map(({ status }) => status))
  const done = progress.finished === items.length
  const ends = items.flatMap(({ finishedAt }) => finishedAt ?? []).toSorted()
  return {
    ...scan,
    status: done ? endStatus(scan, progress) : scan.status,
    done,
    finishedAt: done ? (ends.at(-1) ?? scan.finishedAt) : null,
    progress,
    failures: countFailures(items),
  }
}

/** Progress of types with these statuses. */
export function countStatuses(statuses: ItemStatus[]): Progress {
  return buildProgress(statuses.length, (status) => statuses.filter((one) => one === status).length)
}

/** Same rules as the server uses for a whole scan. */
function endStatus({ status }: Scan, { failed, canceled, succeeded, skipped }: Progress) {
  if (canceled > 0 && (status === 'canceled' || status === 'canceling')) return 'canceled'
  if (failed + canceled === 0) return 'succeeded'
  return succeeded + skipped === 0 ? 'failed' : 'partial'
}

const SAMPLE = 5

function countFailures(items: ScanItem[]): Scan['failures'] {
  const failed = items.flatMap(({ resource, status, problem }) =>
    status === 'failed' && problem ? [{ resource, problem }] : [],
  )
  const byReason: Scan['failures']['byReason'] = {}
  for (const { problem } of failed) byReason[problem.reason] = (byReason[problem.reason] ?? 0) + 1
  const discarded = items.filter(({ reason }) => reason === 'discarded').length
  return { byReason, sample: failed.slice(0, SAMPLE), discarded }
}
