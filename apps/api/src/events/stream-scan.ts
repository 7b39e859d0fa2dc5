import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { EventStream } from './event-stream.ts'
import { createScanCursor } from './frame-cursor.ts'
import { createLiveFrame, createStoredFrame, type EventFrame } from './frame.ts'
import type { ScanChannels } from './scan-channels.ts'
import { readProgressFrame, readSnapshotFrame } from './snapshot-frame.ts'

export interface StreamScanDeps {
  journal: Pick<Journal, 'scan' | 'items' | 'events'>
  channels: ScanChannels
}

const PAGE = 200

/**
 * Sends all events of a scan after sequence number `after`; without it, a snapshot first. Resolves when the stream is
 * live, or has ended after the final `scan.finished`.
 */
export async function streamScan(
  deps: StreamScanDeps,
  scan: Scan,
  after: number | undefined,
  stream: EventStream,
): Promise<void> {
  const position = { seq: after ?? computePositionAfterSnapshot(scan) }
  if (after === undefined) await stream.sendBacklog([await readSnapshotFrame(deps.journal, scan)])
  // After a snapshot of an unfinished scan only live events follow.
  const hasBacklog = after !== undefined || scan.done
  if (hasBacklog && !(await catchUp(deps, scan, position, stream))) return
  const leave = await deps.channels.join(scan.id, stream)
  stream.onClose(leave)
  // Reads again after joining the channel. Events written in between arrive twice and are dropped by their number.
  const current = await catchUp(deps, scan, position, stream)
  if (!current) return
  const progress = await readProgressFrame(deps.journal, current)
  if (progress) await stream.sendBacklog([progress])
  stream.goLive(createScanCursor(position.seq))
}

/**
 * Sends stored events page by page at the pace of the reader. `known` is the last read scan. Returns the scan at the
 * new position; undefined when the stream has ended.
 */
async function catchUp(
  { journal }: StreamScanDeps,
  known: Scan,
  position: { seq: number },
  stream: EventStream,
): Promise<Scan | undefined> {
  while (!stream.hasEnded) {
    const { events, gap } = await journal.events(known.id, position.seq, PAGE)
    const isUnchanged = !gap && events.length === 0 && known.lastSeq === position.seq
    const scan = isUnchanged ? known : await journal.scan(known.id)
    if (!scan) break
    if (gap) {
      await stream.sendBacklog(await createGapFrames(journal, scan, gap))
      position.seq = Math.max(gap.to, computePositionAfterSnapshot(scan))
      continue
    }
    await stream.sendBacklog(events.map((event) => createFrame(event, scan)))
    advance(position, events)
    if (isComplete(scan, position.seq)) break
    if (events.length < PAGE) return scan
  }
  stream.end()
  return undefined
}

function advance(position: { seq: number }, events: StoredEvent[]): void {
  position.seq = events.at(-1)?.seq ?? position.seq
}

/** A finished scan has no events after its last one, even if that could not be decoded. */
function isComplete({ done, lastSeq }: Scan, position: number): boolean {
  return done && position >= lastSeq
}

/** Creates frames for expired events: a gap and a snapshot. */
async function createGapFrames(
  journal: StreamScanDeps['journal'],
  scan: Scan,
  gap: { from: number; to: number },
): Promise<EventFrame[]> {
  const at = { scanId: scan.id, seq: scan.lastSeq }
  return [createLiveFrame('gap', at, gap), await readSnapshotFrame(journal, scan)]
}

/** Returns the position of a reader after a snapshot. The last event of a finished scan is still sent. */
function computePositionAfterSnapshot({ done, lastSeq }: Scan): number {
  return done ? Math.max(0, lastSeq - 1) : lastSeq
}

/** The last event contains the final scan. */
function createFrame(event: StoredEvent, scan: Scan): EventFrame {
  const isEnd = event.type === 'scan.finished' && scan.done && scan.lastSeq === event.seq
  return createStoredFrame(event, isEnd ? { scan } : undefined)
}
