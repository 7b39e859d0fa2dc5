import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { Journal } from '@capstan/scan-store/journal/types'
import { liveFrame, type Frame } from './frame.ts'

const MOST_ACTIVE = 50
const MOST_FAILURES = 20
const MOST_NAMES = 12

type Reads = Pick<Journal, 'scan' | 'items'>

/** The whole state at `scan.lastSeq`, so that a reader needs no history. */
export async function snapshotFrame(journal: Reads, scan: Scan): Promise<Frame> {
  const [active, recentFailures] = await Promise.all([
    scan.progress.running === 0 ? [] : itemsOf(journal, scan.id, 'running', MOST_ACTIVE),
    scan.progress.failed === 0 ? [] : newestFailures(journal, scan.id),
  ])
  return liveFrame(
    'snapshot',
    { scanId: scan.id, seq: scan.lastSeq },
    { scan, active, recentFailures },
  )
}

/** State, not a difference: a reader that misses one loses nothing. Undefined when the scan is over. */
export async function progressFrame(journal: Reads, scan: Scan): Promise<Frame | undefined> {
  if (scan.done) return undefined
  const running =
    scan.progress.running === 0 ? [] : await itemsOf(journal, scan.id, 'running', MOST_NAMES)
  return liveFrame(
    'scan.progress',
    { scanId: scan.id, seq: scan.lastSeq },
    {
      status: scan.status,
      progress: scan.progress,
      eta: scan.eta,
      waitingFor: scan.waitingFor,
      throttle: scan.throttle,
      warnings: scan.warnings,
      usage: scan.usage,
      running: running.map(({ resource }) => resource),
    },
  )
}

async function itemsOf(
  journal: Reads,
  scanId: string,
  status: ScanItem['status'],
  limit: number,
): Promise<ScanItem[]> {
  return (await journal.items(scanId, { status, limit })).data
}

/** Failures are listed oldest first; beyond a page of 200 the list is of old ones. */
async function newestFailures(journal: Reads, scanId: string): Promise<ScanItem[]> {
  return (await itemsOf(journal, scanId, 'failed', 200)).slice(-MOST_FAILURES).toReversed()
}
