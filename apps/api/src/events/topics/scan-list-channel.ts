import {
  readUnsettledChanges,
  type UnsettledChanges,
} from '@capstan/scan-store/journal/read/read-unsettled-changes'
import { PROGRESS_EVERY_MS, type ScanChange } from '@capstan/scan-store/journal/read/scan-change'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { RouteEvent } from '@capstan/scan-store/reconcile/subscribe-to-route-events'
import { buildRouteQueueName, resolveRoute } from '@capstan/scan-store/routes/route'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { Log } from '@capstan/shared/log'
import type { ApiDeps } from '../../deps.ts'
import type { EventHub } from '../event-hub.ts'
import type { EventStream } from '../event-stream.ts'
import { createTopicFrame, type EventFrame } from '../frame.ts'
import { REFRESH_EVERY_MS } from '../refresh-every-ms.ts'
import type { RouteEvents } from '../route-events.ts'
import { openDueChanges, type DueChanges } from './due-changes.ts'
import { loadShownScans, type ShownScans } from './shown-scans.ts'

export interface ScanListDeps extends Pick<ApiDeps, 'redis' | 'keys'> {
  hub: Pick<EventHub, 'followChanges'>
  routeEvents: Pick<RouteEvents, 'subscribe'>
  journal: Pick<Journal, 'scan' | 'scans' | 'activeScanIds'>
  log: Log
}

/** The topic `scans`: reads and encodes the changes of all scans once for all clients of this process. */
export interface ScanListChannel {
  /** Pushes every frame into the stream after the promise resolves. */
  join(stream: EventStream): Promise<JoinedScanList>
}

export interface JoinedScanList {
  leave: () => void
  /** Position in the changes: every later one is pushed into the stream. */
  position: string
  /** Reads the scans of a snapshot at that position, or later. */
  readScans: () => Promise<readonly Scan[]>
}

interface Channel {
  streams: Set<EventStream>
  opened: Promise<OpenedChannel>
}

interface OpenedChannel {
  list: ShownScans
  due: DueChanges
  close: () => void
}

/** Longer than PROGRESS_EVERY_MS: the read must follow every event that appended no change of its own. */
const SETTLE_MS = PROGRESS_EVERY_MS + 50

export function openScanListChannel(deps: ScanListDeps): ScanListChannel {
  let current: Channel | undefined
  const forget = (channel: Channel): void => {
    if (current === channel) current = undefined
  }
  const leaveChannel = (channel: Channel, stream: EventStream): void => {
    if (!channel.streams.delete(stream) || channel.streams.size > 0) return
    forget(channel)
    void channel.opened.then(({ close }) => close()).catch(() => undefined)
  }
  return {
    join: async (stream) => {
      const channel = current ?? openChannel(deps, forget)
      current = channel
      channel.streams.add(stream)
      const leave = (): void => leaveChannel(channel, stream)
      try {
        const { list, due } = await channel.opened
        return { leave, position: due.position(), readScans: list.read }
      } catch (error) {
        leave()
        throw error
      }
    },
  }
}

/** `onEnd`: the channel delivers nothing more. */
function openChannel(deps: ScanListDeps, onEnd: (channel: Channel) => void): Channel {
  const streams = new Set<EventStream>()
  const channel: Channel = {
    streams,
    opened: fillChannel(deps, streams, () => {
      onEnd(channel)
      // Clients resume by their last id, or learn that it is no longer valid.
      for (const stream of streams) stream.end()
    }),
  }
  return channel
}

async function fillChannel(
  deps: ScanListDeps,
  streams: ReadonlySet<EventStream>,
  end: () => void,
): Promise<OpenedChannel> {
  let list: ShownScans | undefined
  const due = openDueChanges({
    process: async (scanIds, position) => {
      const frames = list ? await readFrames(deps, list, scanIds) : []
      broadcast(streams, frames, position)
    },
    onError: (error) => {
      deps.log.warn({ err: error }, 'changes of scans could not be delivered')
      end()
    },
  })
  /** The throttle and the ETA of these scans may have changed without an event. */
  const refresh = (isAffected: (scan: Scan) => boolean): void => {
    for (const scan of list?.unfinished() ?? []) if (isAffected(scan)) due.add(scan.id, SETTLE_MS)
  }
  const { position, unfollow } = await deps.hub.followChanges({
    onChange: (change) => due.add(change.scanId, chooseDelayMs(change), change.id),
    onProvider: ({ provider }) => refresh((scan) => scan.provider === provider),
    onRewind: end,
  })
  const unsubscribe = deps.routeEvents.subscribe((event) =>
    refresh((scan) => usesRoute(scan, event)),
  )
  const refreshing = setInterval(() => refresh(() => true), REFRESH_EVERY_MS).unref()
  const close = (): void => {
    clearInterval(refreshing)
    unfollow()
    unsubscribe()
    due.close()
  }
  let unsettled: UnsettledChanges
  try {
    // Their scans are read again: what follows them within PROGRESS_EVERY_MS appends no change.
    unsettled = await readUnsettledChanges(deps, position)
    list = await loadShownScans(deps.journal)
  } catch (error) {
    close()
    throw error
  }
  const earlier = unsettled.changes.map((change) => ({ ...change, delayMs: chooseDelayMs(change) }))
  due.start(unsettled.position, earlier)
  return { list, due, close }
}

function chooseDelayMs({ kind }: ScanChange): number {
  return kind === 'progress' ? SETTLE_MS : 0
}

function usesRoute({ provider, model }: Scan, { queue, type }: RouteEvent): boolean {
  return type !== 'stalled' && queue === buildRouteQueueName(resolveRoute(provider, model))
}

/** A state that was sent before has no frame. */
async function readFrames(
  { journal }: Pick<ScanListDeps, 'journal'>,
  list: ShownScans,
  scanIds: string[],
): Promise<EventFrame[]> {
  const scans = await Promise.all(scanIds.map((id) => journal.scan(id)))
  return scans.flatMap((scan, index) => {
    const scanId = scanIds[index] ?? ''
    if (scan) return list.send(scan) ? [createChangeFrame(scan)] : []
    list.remove(scanId)
    return [createForgottenFrame(scanId)]
  })
}

/** Creates the frame of a scan, without a position. */
export function createChangeFrame(scan: Scan): EventFrame {
  return {
    ...createTopicFrame('scan.changed', { scan }),
    scan: { id: scan.id, seq: scan.lastSeq },
  }
}

export function createForgottenFrame(scanId: string): EventFrame {
  return createTopicFrame('scan.forgotten', { scanId })
}

/** Only the last frame moves the position: a client that misses it receives all of them again. */
function broadcast(
  streams: ReadonlySet<EventStream>,
  frames: EventFrame[],
  { before, after }: { before: string; after: string },
): void {
  for (const [index, frame] of frames.entries()) {
    const changes = index === frames.length - 1 ? after : before
    const positioned = { ...frame, changes }
    for (const stream of streams) stream.push(positioned)
  }
}
