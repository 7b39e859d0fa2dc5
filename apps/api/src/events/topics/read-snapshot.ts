import type { Scan } from '@capstan/shared/contract/scan/scan'
import { createTopicFrame, type EventFrame } from '../frame.ts'
import { createBriefCache } from './brief-cache.ts'
import type { FollowedScan } from './followed-scans.ts'
import type { JoinedTopics } from './join-topics.ts'
import type { TopicSources } from './open-topics.ts'
import type { Topics } from './parse-topics.ts'
import type { TopicPosition } from './topic-position.ts'

export interface TopicSnapshot {
  frame: EventFrame
  position: TopicPosition
  /** Returns whether the snapshot contains a newer state than a frame that was pushed before it was read. */
  isOutdated: (frame: EventFrame) => boolean
}

export type ReadSnapshot = (topics: Topics, joined: JoinedTopics) => Promise<TopicSnapshot>

/** Creates a reader of snapshots. Clients with equal topics share the frame while nothing changes. */
export function createSnapshotReader(
  sources: Pick<TopicSources, 'queue' | 'providers' | 'followed'>,
): ReadSnapshot {
  const shareFrame = createFrameCache()
  return async ({ names, scanIds }, { scanList }) => {
    const [scans, queue, providers, ...followed] = await Promise.all([
      scanList?.readScans(),
      names.has('queue') ? sources.queue.read() : undefined,
      names.has('providers') ? sources.providers.read() : undefined,
      ...scanIds.map((id) => sources.followed.read(id)),
    ])
    const items = followed.flatMap((scan) => scan ?? [])
    const frame = shareFrame(
      [...names, ...scanIds].join(),
      [scans, queue, providers, ...followed],
      {
        ...(scans && { scans }),
        ...queue,
        ...(providers && { providers }),
        ...(scanIds.length > 0 && {
          items: Object.fromEntries(items.map(({ details }) => [details.scan.id, details])),
        }),
      },
    )
    return {
      frame,
      position: {
        changes: scanList?.position,
        scans: new Map(items.map(({ details, position }) => [details.scan.id, position])),
      },
      isOutdated: createOutdatedTest(scans ?? [], items),
    }
  }
}

/** Keeps the newest frames. */
const KEEP_FRAMES = { keepMs: 1_000, most: 20 }

/** Returns the earlier frame of these topics while `parts` are the same objects, or encodes `data`. */
function createFrameCache(): (
  topics: string,
  parts: unknown[],
  data: Record<string, unknown>,
) => EventFrame {
  const latest = createBriefCache<{ parts: unknown[]; frame: EventFrame }>(KEEP_FRAMES)
  return (topics, parts, data) => {
    const known = latest.get(topics)
    if (known?.parts.every((part, index) => part === parts[index])) return known.frame
    const frame = createTopicFrame('snapshot', data)
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
