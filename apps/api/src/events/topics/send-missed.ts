import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import { readScanChanges } from '@capstan/scan-store/journal/read/read-scan-changes'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { ApiDeps } from '../../deps.ts'
import type { EventStream } from '../event-stream.ts'
import { createStoredFrame, type EventFrame } from '../frame.ts'
import { createChangeFrame, createForgottenFrame } from './scan-list-channel.ts'
import type { TopicCursor } from './topic-cursor.ts'

export interface MissedDeps extends Pick<ApiDeps, 'redis' | 'keys'> {
  journal: Pick<Journal, 'scan' | 'events'>
}

const PAGE = 200
/** A snapshot is smaller than the changes of more scans. */
const MAX_CHANGED_SCANS = 200

/**
 * Sends the events of followed scans after the position of the client, at its pace. False when some of them are no longer
 * known.
 */
export async function sendMissedEvents(
  { journal }: MissedDeps,
  cursor: TopicCursor,
  stream: EventStream,
): Promise<boolean> {
  for (const [scanId, { seq }] of cursor.position.scans) {
    let after = seq
    let count = PAGE
    while (count === PAGE && !stream.hasEnded) {
      const { events, gap } = await journal.events(scanId, after, PAGE)
      if (gap) return false
      await sendNumbered(await createFrames(journal, scanId, events), cursor, stream)
      count = events.length
      after = events.at(-1)?.seq ?? after
    }
  }
  return true
}

/** Sends the state of each scan that changed after the position of the client, up to `upTo`. False when some are unknown. */
export async function sendMissedChanges(
  deps: MissedDeps,
  upTo: string,
  cursor: TopicCursor,
  stream: EventStream,
): Promise<boolean> {
  const after = cursor.position.changes ?? upTo
  const changes = await readScanChanges(deps, after, upTo)
  const ids = [...new Set(changes?.map(({ scanId }) => scanId))]
  if (!changes || ids.length > MAX_CHANGED_SCANS) return false
  const scans = await Promise.all(ids.map((id) => deps.journal.scan(id)))
  const frames = scans.map((scan, index) =>
    scan ? createChangeFrame(scan) : createForgottenFrame(ids[index] ?? ''),
  )
  // Only the last frame moves the position: a client that misses it receives all of them again.
  const positioned = frames.map((frame, index) => {
    return { ...frame, changes: index === frames.length - 1 ? upTo : after }
  })
  await sendNumbered(positioned, cursor, stream)
  return true
}

async function sendNumbered(
  frames: EventFrame[],
  cursor: TopicCursor,
  stream: EventStream,
): Promise<void> {
  const numbered = frames.flatMap((frame) => {
    const bytes = cursor.accept(frame)
    return bytes ? [{ ...frame, bytes }] : []
  })
  await stream.sendBacklog(numbered)
}

/** The last event of a finished scan contains the final scan. */
async function createFrames(
  journal: MissedDeps['journal'],
  scanId: string,
  events: StoredEvent[],
): Promise<EventFrame[]> {
  const hasEnd = events.some(({ type }) => type === 'scan.finished')
  const scan = hasEnd ? await journal.scan(scanId) : undefined
  return events.map((event) => createStoredFrame(event, isEnd(event, scan) ? { scan } : undefined))
}

function isEnd({ type, seq }: StoredEvent, scan: Scan | undefined): boolean {
  return type === 'scan.finished' && scan?.done === true && scan.lastSeq === seq
}
