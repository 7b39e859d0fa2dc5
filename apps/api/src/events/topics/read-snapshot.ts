import type { ScanDetails } from '@capstan/shared/contract/events/scan-details'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { Journal } from '@capstan/scan-store/journal/types'
import { createTopicFrame, type EventFrame } from '../frame.ts'
import { readScanDetails } from '../snapshot-frame.ts'
import type { JoinedTopics } from './join-topics.ts'
import type { TopicSources } from './open-topics.ts'
import type { Topics } from './parse-topics.ts'
import { readEventTimeMs } from './read-event-time.ts'
import type { ScanPosition, TopicPosition } from './topic-position.ts'

export interface TopicSnapshot {
  frame: EventFrame
  position: TopicPosition
  /** Returns whether the snapshot contains a newer state than a frame that was pushed before it was read. */
  isOutdated: (frame: EventFrame) => boolean
}

export type ReadSnapshot = (topics: Topics, joined: JoinedTopics) => Promise<TopicSnapshot>

interface SnapshotDeps {
  journal: Pick<Journal, 'scan' | 'items' | 'events'>
  sources: Pick<TopicSources, 'queue' | 'providers'>
}

interface FollowedScan {
  details: ScanDetails
  position: ScanPosition
}

/** Creates a reader of snapshots. Clients with equal topics share the frame while nothing changes. */
export function createSnapshotReader({ journal, sources }: SnapshotDeps): ReadSnapshot {
  const shareFrame = createFrameCache()
  return async ({ names, scanIds }, { scanList }) => {
    const [scans, queue, providers, ...followed] = await Promise.all([
      scanList?.readScans(),
      names.has('queue') ? sources.queue.read() : undefined,
      names.has('providers') ? sources.providers.read() : undefined,
      ...scanIds.map((id) => readFollowedScan(journal, id)),
    ])
    const items = followed.flatMap((scan) => scan ?? [])
    const create = (): EventFrame =>
      createTopicFrame('snapshot', {
        ...(scans && { scans }),
        ...queue,
        ...(providers && { providers }),
        ...(scanIds.length > 0 && {
          items: Object.fromEntries(items.map(({ details }) => [details.scan.id, details])),
        }),
      })
    return {
      frame: scanIds.length > 0 ? create() : shareFrame([scans, queue, providers], create),
      position: {
        changes: scanList?.position,
        scans: new Map(items.map(({ details, position }) => [details.scan.id, position])),
      },
      isOutdated: createOutdatedTest(scans ?? [], items),
    }
  }
}

async function readFollowedScan(
  journal: SnapshotDeps['journal'],
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

/** Keeps the latest frame of each combination of topics. */
function createFrameCache(): (parts: unknown[], create: () => EventFrame) => EventFrame {
  const latest = new Map<string, { parts: unknown[]; frame: EventFrame }>()
  return (parts, create) => {
    const topics = parts.map((part) => (part === undefined ? '-' : '+')).join('')
    const known = latest.get(topics)
    if (known?.parts.every((part, index) => part === parts[index])) return known.frame
    const frame = create()
    latest.set(topics, { parts, frame })
    return frame
  }
}

function createOutdatedTest(
  scans: readonly Scan[],
  followed: FollowedScan[],
): (frame: EventFrame) => boolean {
  const listed = new Map(scans.map(({ id, lastSeq }) => [id, lastSeq]))
  const read = new Map(followed.map(({ details: { scan } }) => [scan.id, scan.lastSeq]))
  return ({ scan, changes }) => {
    if (!scan) return false
    return scan.seq < ((changes === undefined ? read : listed).get(scan.id) ?? 0)
  }
}
