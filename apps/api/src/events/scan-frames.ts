import type { Scan } from '@capstan/shared/contract/scan'
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
    // The end of a finished scan is an event of its own, so a late reader gets it like all others.
    position.seq = scan.done ? Math.max(0, scan.lastSeq - 1) : scan.lastSeq
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
      position.seq = scan.done ? Math.max(gap.to, scan.lastSeq - 1) : scan.lastSeq
      continue
    }
    const frames = events.map((event) => {
      const isEnd = event.type === 'scan.finished' && scan.done && scan.lastSeq === event.seq
      return storedFrame(event, isEnd ? { scan } : undefined)
    })
    if (frames.length > 0) yield frames
    position.seq = events.at(-1)?.seq ?? position.seq
    if (frames.at(-1)?.last === true) return true
    // Nothing comes after the last event of a finished scan, even when it could not be shown.
    if (scan.done && position.seq >= scan.lastSeq) return true
    if (events.length < PAGE) return false
  }
  // The outbox has ended, but may still hold a goodbye.
  return false
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
