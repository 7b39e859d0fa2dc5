import type { Scan } from '@capstan/shared/contract/scan'
import type { StoredEvent } from '@capstan/shared/contract/scan-event'
import type { Journal } from '@capstan/shared/journal/types'
import { liveFrame, storedFrame, type Frame } from './frame.ts'
import type { Outbox } from './outbox.ts'
import type { ScanChannels } from './scan-channels.ts'
import { progressFrame, snapshotFrame } from './snapshot-frame.ts'

export interface ScanFramesDeps {
  journal: Pick<Journal, 'scan' | 'items' | 'events'>
  channels: ScanChannels
}

const PAGE = 1_000

/**
 * Everything one reader gets of a scan, after sequence number `after`; without it a snapshot comes first.
 * Ends after the final `scan.finished`, or when the outbox has ended.
 */
export async function* scanFrames(
  deps: ScanFramesDeps,
  scanId: string,
  after: number | undefined,
  outbox: Outbox,
): AsyncGenerator<Frame[]> {
  const position = { seq: after ?? 0 }
  if (after === undefined) {
    const scan = await deps.journal.scan(scanId)
    if (!scan) return
    position.seq = beforeEnd(scan)
    yield [await snapshotFrame(deps.journal, scan)]
  }
  if (yield* catchUp(deps, scanId, position, outbox)) return
  const leave = await deps.channels.join(scanId, outbox)
  try {
    // Joined first, then read once more: what was written in between comes twice and is dropped below.
    if (yield* catchUp(deps, scanId, position, outbox)) return
    const progress = await progressFrame(deps.journal, scanId)
    if (progress) yield [progress]
    yield* live(position, outbox)
  } finally {
    leave()
  }
}

/** Yields stored events page by page, at the reader's pace. Answers whether the scan is over. */
async function* catchUp(
  deps: ScanFramesDeps,
  scanId: string,
  position: { seq: number },
  outbox: Outbox,
): AsyncGenerator<Frame[], boolean> {
  while (!outbox.ending()) {
    const { events, gap } = await deps.journal.events(scanId, position.seq, PAGE)
    const scan = await deps.journal.scan(scanId)
    if (!scan) return true
    if (gap) {
      const at = { scanId, seq: scan.lastSeq }
      yield [liveFrame('gap', at, gap), await snapshotFrame(deps.journal, scan)]
      position.seq = Math.max(gap.to, beforeEnd(scan))
      continue
    }
    if (events.length > 0) yield events.map((event) => frameOf(event, scan))
    position.seq = events.at(-1)?.seq ?? position.seq
    // Nothing comes after the last event of a finished scan, even when it could not be shown.
    if (scan.done && position.seq >= scan.lastSeq) return true
    if (events.length < PAGE) return false
  }
  // The outbox has ended, but may still hold a goodbye.
  return false
}

/** Where a reader goes on after a snapshot: the end of a finished scan is still told as an event. */
function beforeEnd({ done, lastSeq }: Scan): number {
  return done ? Math.max(0, lastSeq - 1) : lastSeq
}

/** The very last event carries the scan as it ended. */
function frameOf(event: StoredEvent, scan: Scan): Frame {
  const isEnd = event.type === 'scan.finished' && scan.done && scan.lastSeq === event.seq
  return storedFrame(event, isEnd ? { scan } : undefined)
}

async function* live(position: { seq: number }, outbox: Outbox): AsyncGenerator<Frame[]> {
  for (;;) {
    const taken = await outbox.take()
    if (!taken) return
    const fresh = taken.filter(({ seq }) => seq === null || seq > position.seq)
    position.seq = fresh.findLast(({ seq }) => seq !== null)?.seq ?? position.seq
    if (fresh.length > 0) yield fresh
    if (fresh.some(({ last }) => last)) return
  }
}
