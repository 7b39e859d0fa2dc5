import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { EventStream } from './event-stream.ts'
import { liveFrame, storedFrame, type Frame } from './frame.ts'
import type { ScanChannels } from './scan-channels.ts'
import { progressFrame, snapshotFrame } from './snapshot-frame.ts'

export interface StreamScanDeps {
  journal: Pick<Journal, 'scan' | 'items' | 'events'>
  channels: ScanChannels
}

const PAGE = 200

/**
 * Sends a reader everything of a scan after sequence number `after`; without it a snapshot comes first. Returns when
 * the stream is live, and holds nothing then; or when it has ended after the final `scan.finished`.
 */
export async function streamScan(
  deps: StreamScanDeps,
  scan: Scan,
  after: number | undefined,
  stream: EventStream,
): Promise<void> {
  const position = { seq: after ?? beforeEnd(scan) }
  if (after === undefined) await stream.sendBacklog([await snapshotFrame(deps.journal, scan)])
  // A snapshot of an unfinished scan is followed by what is new only.
  const hasBacklog = after !== undefined || scan.done
  if (hasBacklog && !(await catchUp(deps, scan, position, stream))) return
  const leave = await deps.channels.join(scan.id, stream)
  stream.onClose(leave)
  // Joined first, then read once more: what was written in between comes twice and is dropped by its number.
  const current = await catchUp(deps, scan, position, stream)
  if (!current) return
  const progress = await progressFrame(deps.journal, current)
  if (progress) await stream.sendBacklog([progress])
  stream.goLive(position.seq)
}

/**
 * Sends stored events page by page, at the reader's pace. `known` is the scan as it was read before. Returns it as it is at
 * the new position; undefined when nothing follows, and then the stream has ended.
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
      await stream.sendBacklog(await gapFrames(journal, scan, gap))
      position.seq = Math.max(gap.to, beforeEnd(scan))
      continue
    }
    await stream.sendBacklog(events.map((event) => frameOf(event, scan)))
    moveTo(position, events)
    if (isOver(scan, position.seq)) break
    if (events.length < PAGE) return scan
  }
  stream.end()
  return undefined
}

function moveTo(position: { seq: number }, events: StoredEvent[]): void {
  position.seq = events.at(-1)?.seq ?? position.seq
}

/** Nothing comes after the last event of a finished scan, even when it could not be shown. */
function isOver({ done, lastSeq }: Scan, position: number): boolean {
  return done && position >= lastSeq
}

/** Events that are not kept any more: a snapshot takes their place. */
async function gapFrames(
  journal: StreamScanDeps['journal'],
  scan: Scan,
  gap: { from: number; to: number },
): Promise<Frame[]> {
  const at = { scanId: scan.id, seq: scan.lastSeq }
  return [liveFrame('gap', at, gap), await snapshotFrame(journal, scan)]
}

/** The position of a reader after a snapshot: the last event of a finished scan is still sent. */
function beforeEnd({ done, lastSeq }: Scan): number {
  return done ? Math.max(0, lastSeq - 1) : lastSeq
}

/** The very last event carries the scan as it ended. */
function frameOf(event: StoredEvent, scan: Scan): Frame {
  const isEnd = event.type === 'scan.finished' && scan.done && scan.lastSeq === event.seq
  return storedFrame(event, isEnd ? { scan } : undefined)
}
