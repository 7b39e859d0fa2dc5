import PQueue from 'p-queue'
import { sleep } from '@capstan/shared/async/sleep'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ProviderEvent, StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { Log } from '@capstan/shared/log'
import { PROGRESS_EVERY_MS } from '@capstan/scan-store/journal/read/scan-change'
import type { RouteEvent } from '@capstan/scan-store/reconcile/subscribe-to-route-events'
import { resolveRoute, buildRouteQueueName } from '@capstan/scan-store/routes/route'
import type { EventHub } from './event-hub.ts'
import type { EventStream } from './event-stream.ts'
import { createLiveFrame, createStoredFrame, createTopicFrame, type EventFrame } from './frame.ts'
import { REFRESH_EVERY_MS } from './refresh-every-ms.ts'
import type { RouteEvents } from './route-events.ts'
import { readProgressFrame } from './snapshot-frame.ts'

export interface ScanChannelDeps {
  hub: EventHub
  routeEvents: Pick<RouteEvents, 'subscribe'>
  journal: Pick<Journal, 'scan' | 'items'>
  log: Log
}

interface ChannelDeps extends ScanChannelDeps {
  /** Reads that follow from an event of a provider or route, which concerns many scans at once. */
  reads: PQueue
}

/** Their replies would block the event loop together: 2,000 followed scans blocked it for 0.7 s. */
const READS_AT_ONCE = 16

/** Encodes the events of a scan once for all of its readers. Also sends `scan.forgotten` when the scan is deleted. */
export interface ScanChannels {
  /**
   * Pushes every new frame of the scan into the stream after the promise resolves. Returns a function that leaves the
   * channel.
   */
  join(scanId: string, stream: EventStream): Promise<() => void>
  /**
   * Returns an object that is replaced with each frame of the scan. While it is the same, a stream that has joined misses
   * nothing after a state that was read since. Undefined for a scan without streams.
   */
  mark(scanId: string): object | undefined
}

interface Channel {
  streams: Set<EventStream>
  unfollow: Promise<() => void>
  /** Unsubscribes from route events, and ends the refreshes. */
  unsubscribe: () => void
  /** Frames are created sequentially, because the last one reads the journal first. */
  pending: Promise<void>
  isProgressDue: boolean
  mark: object
}

export function openScanChannels(options: ScanChannelDeps): ScanChannels {
  const deps = { ...options, reads: new PQueue({ concurrency: READS_AT_ONCE }) }
  const channels = new Map<string, Channel>()
  return {
    join: async (scanId, stream) => {
      const channel = channels.get(scanId) ?? openChannel(deps, scanId)
      channels.set(scanId, channel)
      channel.streams.add(stream)
      const leave = (): void => {
        channel.streams.delete(stream)
        if (channel.streams.size > 0 || channels.get(scanId) !== channel) return
        channels.delete(scanId)
        channel.unsubscribe()
        void channel.unfollow.then((unfollow) => unfollow()).catch(() => undefined)
      }
      await channel.unfollow.catch((error: unknown) => {
        leave()
        throw error
      })
      return leave
    },
    mark: (scanId) => channels.get(scanId)?.mark,
  }
}

function openChannel(deps: ChannelDeps, scanId: string): Channel {
  const refreshing = setInterval(
    () => void refresh(deps, channel, scanId),
    REFRESH_EVERY_MS,
  ).unref()
  const unsubscribe = deps.routeEvents.subscribe((event) => onRoute(deps, channel, scanId, event))
  const channel: Channel = {
    streams: new Set(),
    unfollow: follow(deps, scanId, () => channel),
    unsubscribe: () => {
      clearInterval(refreshing)
      unsubscribe()
    },
    pending: Promise.resolve(),
    isProgressDue: false,
    mark: {},
  }
  return channel
}

/** `open` returns the channel; no listener is called before it exists. */
async function follow(deps: ChannelDeps, scanId: string, open: () => Channel): Promise<() => void> {
  const unfollow = await deps.hub.follow(scanId, {
    onEvent: (event) => onEvent(deps, open(), event),
    onProvider: (event) => onProvider(deps, open(), scanId, event),
    onRewind: () => endAll(open()),
  })
  try {
    const changes = await deps.hub.followChanges({
      onChange: (change) => {
        if (change.scanId === scanId && change.kind === 'forgotten')
          onForgotten(deps, open(), scanId)
      },
      onRewind: () => endAll(open()),
    })
    return () => {
      unfollow()
      changes.unfollow()
    }
  } catch (error) {
    unfollow()
    throw error
  }
}

function onForgotten(deps: ChannelDeps, channel: Channel, scanId: string): void {
  const frame = { ...createTopicFrame('scan.forgotten', { scanId }), isLast: true }
  enqueue(deps, channel, scanId, async () => frame)
}

function onEvent(deps: ChannelDeps, channel: Channel, event: StoredEvent): void {
  enqueue(deps, channel, event.scanId, () => createEventFrame(deps, event))
  if (event.type !== 'scan.finished') scheduleProgress(deps, channel, event.scanId)
}

/** Forwards provider events to scans that use the provider. */
function onProvider(
  deps: ChannelDeps,
  channel: Channel,
  scanId: string,
  { type, ...data }: ProviderEvent,
): void {
  enqueue(deps, channel, scanId, async () => {
    const scan = await readScan(deps, channel, scanId)
    if (!scan || scan.done || scan.provider !== data.provider) return undefined
    // The ETA depends on the provider state, and no other event may follow for a while.
    scheduleProgress(deps, channel, scanId)
    return createLiveFrame(type, { scanId, seq: scan.lastSeq }, data)
  })
}

async function refresh(deps: ChannelDeps, channel: Channel, scanId: string): Promise<void> {
  const scan = await readScan(deps, channel, scanId).catch(() => undefined)
  if (scan && !scan.done && scan.status !== 'paused') scheduleProgress(deps, channel, scanId)
}

/** Forwards queue events of the scan's route. They are not stored, so later readers do not receive them. */
function onRoute(deps: ChannelDeps, channel: Channel, scanId: string, event: RouteEvent): void {
  if (event.type === 'stalled' && event.scanId !== scanId) return
  enqueue(deps, channel, scanId, async () => {
    const scan = await readScan(deps, channel, scanId)
    if (!scan || scan.done) return undefined
    if (event.queue !== buildRouteQueueName(resolveRoute(scan.provider, scan.model)))
      return undefined
    return createRouteFrame(event, { scanId, seq: scan.lastSeq })
  })
}

function createRouteFrame(event: RouteEvent, at: { scanId: string; seq: number }): EventFrame {
  const { queue: route } = event
  switch (event.type) {
    case 'stalled':
      return createLiveFrame('resource.stalled', at, { resource: event.resource })
    case 'paused': {
      const { pause } = event
      const until = pause && new Date(pause.untilMs).toISOString()
      const reason = pause?.because ?? 'an operator has paused the queues'
      return createLiveFrame('queue.paused', at, { route, until, reason })
    }
    case 'resumed':
      return createLiveFrame('queue.resumed', at, { route })
  }
}

function enqueue(
  deps: ChannelDeps,
  channel: Channel,
  scanId: string,
  make: () => Promise<EventFrame | undefined>,
): void {
  channel.pending = channel.pending
    .then(async () => {
      const frame = await make()
      if (frame) broadcast(channel, frame)
    })
    .catch((error: unknown) => {
      // Readers would miss this event. They are disconnected, and resume by their last id.
      deps.log.warn({ err: error, scanId }, 'an event could not be delivered')
      endAll(channel)
    })
}

function scheduleProgress(deps: ChannelDeps, channel: Channel, scanId: string): void {
  if (channel.isProgressDue) return
  channel.isProgressDue = true
  void sendProgress(deps, channel, scanId)
}

/** The last frame contains the final scan, unless the scan was retried since. */
async function createEventFrame(deps: ChannelDeps, event: StoredEvent): Promise<EventFrame> {
  if (event.type !== 'scan.finished') return createStoredFrame(event)
  const scan = await deps.journal.scan(event.scanId)
  return scan?.done && scan.lastSeq === event.seq
    ? createStoredFrame(event, { scan })
    : createStoredFrame(event)
}

async function sendProgress(deps: ChannelDeps, channel: Channel, scanId: string): Promise<void> {
  await sleep(PROGRESS_EVERY_MS, { ref: false })
  channel.isProgressDue = false
  const scan = await readScan(deps, channel, scanId).catch(() => undefined)
  const frame = scan && (await readProgressFrame(deps.journal, scan).catch(() => undefined))
  if (frame) broadcast(channel, frame)
}

/** Undefined for an unknown scan, and when all streams have left. */
async function readScan(
  { reads, journal }: ChannelDeps,
  channel: Channel,
  scanId: string,
): Promise<Scan | undefined> {
  return reads.add(async () => (channel.streams.size > 0 ? journal.scan(scanId) : undefined))
}

function endAll(channel: Channel): void {
  channel.mark = {}
  for (const stream of channel.streams) stream.end()
}

function broadcast(channel: Channel, frame: EventFrame): void {
  channel.mark = {}
  for (const stream of channel.streams) stream.push(frame)
}
