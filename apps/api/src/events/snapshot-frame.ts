import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ScanDetails } from '@capstan/shared/contract/events/scan-details'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { Journal } from '@capstan/scan-store/journal/types'
import { createLiveFrame, type EventFrame } from './frame.ts'

const MAX_ACTIVE = 50
const MAX_FAILURES = 20
const MAX_NAMES = 12

type ReadableJournal = Pick<Journal, 'scan' | 'items'>

/** Creates a frame with the whole state at `scan.lastSeq`, so that a reader needs no earlier events. */
export async function readSnapshotFrame(journal: ReadableJournal, scan: Scan): Promise<EventFrame> {
  const at = { scanId: scan.id, seq: scan.lastSeq }
  return createLiveFrame('snapshot', at, { ...(await readScanDetails(journal, scan)) })
}

/** Reads what a snapshot contains of one scan. */
export async function readScanDetails(journal: ReadableJournal, scan: Scan): Promise<ScanDetails> {
  const [active, recentFailures] = await Promise.all([
    scan.progress.running === 0 ? [] : readItems(journal, scan.id, 'running', MAX_ACTIVE),
    scan.progress.failed === 0 ? [] : selectNewestFailures(journal, scan.id),
  ])
  return { scan, active, recentFailures }
}

/**
 * Creates a progress frame with the full state, so that a missed frame loses nothing. Undefined when the scan has
 * finished.
 */
export async function readProgressFrame(
  journal: ReadableJournal,
  scan: Scan,
): Promise<EventFrame | undefined> {
  if (scan.done) return undefined
  const running =
    scan.progress.running === 0 ? [] : await readItems(journal, scan.id, 'running', MAX_NAMES)
  return createLiveFrame(
    'scan.progress',
    { scanId: scan.id, seq: scan.lastSeq },
    {
      status: scan.status,
      progress: scan.progress,
      notFaster: scan.notFaster,
      eta: scan.eta,
      waitingFor: scan.waitingFor,
      throttle: scan.throttle,
      warnings: scan.warnings,
      usage: scan.usage,
      running: running.map(({ resource }) => resource),
    },
  )
}

async function readItems(
  journal: ReadableJournal,
  scanId: string,
  status: ScanItem['status'],
  limit: number,
): Promise<ScanItem[]> {
  return (await journal.items(scanId, { status, limit })).data
}

/** The journal lists failures oldest first. Beyond 200 failures the newest ones are missing here. */
async function selectNewestFailures(journal: ReadableJournal, scanId: string): Promise<ScanItem[]> {
  return (await readItems(journal, scanId, 'failed', 200)).slice(-MAX_FAILURES).toReversed()
}
