import type { Journal } from '@capstan/scan-store/journal/types'
import type { EventStream } from '../event-stream.ts'
import { createTopicFrame, type EventFrame } from '../frame.ts'
import { readProgressFrame } from '../snapshot-frame.ts'
import { joinTopics, type JoinedTopics } from './join-topics.ts'
import type { TopicSources } from './open-topics.ts'
import type { Topics } from './parse-topics.ts'
import { readEventTimeMs } from './read-event-time.ts'
import type { ReadSnapshot } from './read-snapshot.ts'
import { sendMissedChanges, sendMissedEvents, type MissedDeps } from './send-missed.ts'
import { TopicCursor } from './topic-cursor.ts'
import { parsePosition, type TopicPosition } from './topic-position.ts'

export interface StreamTopicsDeps extends MissedDeps {
  journal: Pick<Journal, 'scan' | 'items' | 'events'>
  sources: TopicSources
  readSnapshot: ReadSnapshot
}

/**
 * Sends the state of the topics, then every later event. A client whose last event id is still known gets the events after it,
 * and the present state of topics without numbers; any other client a snapshot. Resolves when the stream is live.
 */
export async function streamTopics(
  deps: StreamTopicsDeps,
  { topics, lastEventId }: { topics: Topics; lastEventId: string },
  stream: EventStream,
): Promise<void> {
  const position = await findKnownPosition(deps, topics, lastEventId)
  const cursor = position && new TopicCursor(position)
  // Before joining, because live events would fill the buffer of a client that reads slowly.
  const isKnown = cursor && (await sendMissedEvents(deps, cursor, stream))
  const joined = await joinTopics(deps.sources, topics, stream)
  stream.onClose(joined.leave)
  if (isKnown && (await resume(deps, joined, cursor, stream))) {
    await stream.sendBacklog(await readPresentFrames(deps, topics))
    stream.goLive(cursor)
    return
  }
  const snapshot = await deps.readSnapshot(topics, joined)
  const fresh = new TopicCursor(snapshot.position)
  await stream.sendBacklog([
    ...(lastEventId === '' ? [] : [createTopicFrame('gap', {})]),
    { ...snapshot.frame, bytes: fresh.encode(snapshot.frame) },
  ])
  stream.goLive(fresh, snapshot.isOutdated)
}

/** Undefined for an id of other topics, and for events that Redis no longer has. */
async function findKnownPosition(
  { journal }: StreamTopicsDeps,
  { names, scanIds }: Topics,
  lastEventId: string,
): Promise<TopicPosition | undefined> {
  const { changes, scans: all = new Map() } = parsePosition(lastEventId) ?? {}
  if (names.has('scans') && changes === undefined) return undefined
  const scans: TopicPosition['scans'] = new Map(
    [...all].filter(([scanId]) => scanIds.includes(scanId)),
  )
  if (scans.size < scanIds.length) return undefined
  const known = await Promise.all(
    [...scans].map(
      async ([scanId, { seq, atMs }]) =>
        ((await readEventTimeMs(journal, scanId, seq)) ?? null) === atMs,
    ),
  )
  if (!known.every(Boolean) || (!names.has('scans') && scans.size === 0)) return undefined
  return { changes: names.has('scans') ? changes : undefined, scans }
}

/** Sends what was written since the client received its last event. False when some of it is no longer known. */
async function resume(
  deps: StreamTopicsDeps,
  { scanList }: JoinedTopics,
  cursor: TopicCursor,
  stream: EventStream,
): Promise<boolean> {
  if (!(await sendMissedEvents(deps, cursor, stream))) return false
  return !scanList || sendMissedChanges(deps, scanList.position, cursor, stream)
}

/** Reads the state that has no number: queue, providers, and the progress of followed scans. */
async function readPresentFrames(
  { sources, journal }: StreamTopicsDeps,
  { names, scanIds }: Topics,
): Promise<EventFrame[]> {
  const readProgress = async (scanId: string): Promise<EventFrame | undefined> => {
    const scan = await journal.scan(scanId)
    return scan && readProgressFrame(journal, scan)
  }
  const frames = await Promise.all([
    names.has('queue') ? sources.queue.readFrame() : undefined,
    names.has('providers') ? sources.providers.readFrame() : undefined,
    ...scanIds.map(readProgress),
  ])
  return frames.flatMap((frame) => frame ?? [])
}
