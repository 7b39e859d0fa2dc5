import PQueue from 'p-queue'
import type { ScanDetails } from '@capstan/shared/contract/events/scan-details'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { ScanChannels } from '../scan-channels.ts'
import { readScanDetails } from '../snapshot-frame.ts'
import { createBriefCache } from './brief-cache.ts'
import { readEventTimeMs } from './read-event-time.ts'
import type { ScanPosition } from './topic-position.ts'

export interface FollowedScan {
  details: ScanDetails
  position: ScanPosition
}

/** The scans of topics `scan:<id>` in snapshots. */
export interface FollowedScans {
  /**
   * Reads a scan for a stream that has joined its channel. The same object for streams that join together. Undefined for an
   * unknown scan, and when all its streams have left.
   */
  read(scanId: string): Promise<FollowedScan | undefined>
}

interface FollowedScansDeps {
  journal: Pick<Journal, 'scan' | 'items' | 'events'>
  channels: Pick<ScanChannels, 'mark'>
}

/** Concurrent reads. Thousands of clients with a scan each would delay all other requests. */
const READS_AT_ONCE = 16
/** ETA and throttle of an unfinished scan change without an event. */
const KEEP_MS = 1_000
/** Each has at most 50 running types and 20 failures. */
const MOST_KEPT = 100

interface SharedRead {
  mark: object
  found: Promise<FollowedScan | undefined>
}

/** Opens the reader of one process. */
export function openFollowedScans({ journal, channels }: FollowedScansDeps): FollowedScans {
  const reads = createBriefCache<SharedRead>({ keepMs: KEEP_MS, most: MOST_KEPT })
  const queue = new PQueue({ concurrency: READS_AT_ONCE })

  const start = (scanId: string): SharedRead | undefined => {
    const mark = channels.mark(scanId)
    if (!mark) return undefined
    const started = { mark, found: readFollowedScan(journal, scanId) }
    reads.set(scanId, started)
    started.found.catch(() => reads.delete(scanId, started))
    return started
  }
  const findShared = (scanId: string): SharedRead | undefined => {
    const known = reads.get(scanId)
    return known?.mark === channels.mark(scanId) ? known : undefined
  }
  return {
    read: async (scanId) => {
      const shared = findShared(scanId)
      if (shared) return shared.found
      // Looked up again in its turn, because an earlier entry of the queue may have read it.
      return queue.add(async () => (findShared(scanId) ?? start(scanId))?.found)
    },
  }
}

async function readFollowedScan(
  journal: FollowedScansDeps['journal'],
  scanId: string,
): Promise<FollowedScan | undefined> {
  const scan = await journal.scan(scanId)
  if (!scan) return undefined
  const [details, atMs] = await Promise.all([
    readScanDetails(journal, scan),
    readEventTimeMs(journal, scanId, scan.lastSeq),
  ])
  return { details, position: { seq: scan.lastSeq, atMs: atMs ?? null } }
}
