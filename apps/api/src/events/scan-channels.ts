import { sleep } from '@capstan/shared/async/sleep'
import type { ProviderEvent, StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { Log } from '@capstan/shared/log'
import type { RouteEvent } from '@capstan/scan-store/reconcile/follow-route-events'
import { resolveRoute, buildRouteQueueName } from '@capstan/scan-store/routes/route'
import type { EventHub } from './event-hub.ts'
import type { EventStream } from './event-stream.ts'
import { liveFrame, storedFrame, type Frame } from './frame.ts'
import type { RouteEvents } from './route-events.ts'
import { progressFrame } from './snapshot-frame.ts'

export interface ChannelDeps {
  hub: EventHub
  routeEvents: Pick<RouteEvents, 'subscribe'>
  journal: Pick<Journal, 'scan' | 'items'>
  log: Log
}

/** Turns a scan's events into frames once, however many readers there are. */
export interface ScanChannels {
  /** From the moment this ends, every new frame of the scan is pushed into the stream. */
  join(scanId: string, stream: EventStream): Promise<() => void>
}

interface Channel {
  streams: Set<EventStream>
  unfollow: Promise<() => void>
  /** Ends the subscription to events of routes. */
  unsubscribe: () => void
  /** Frames are made one after another, because the last one has to ask the journal first. */
  making: Promise<void>
  progressDue: boolean
}

/** At most two a second: enough for an eye, and one read of the journal each. */
const PROGRESS_EVERY_MS = 500

export function openScanChannels(deps: ChannelDeps): ScanChannels {
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
  }
}

function openChannel(deps: ChannelDeps, scanId: string): Channel {
  const channel: Channel = {
    streams: new Set(),
    unfollow: deps.hub.follow(scanId, {
      onEvent: (event) => onEvent(deps, channel, event),
      onProvider: (event) => onProvider(deps, channel, scanId, event),
      onRewind: () => endAll(channel),
    }),
    unsubscribe: deps.routeEvents.subscribe((event) => onRoute(deps, channel, scanId, event)),
    making: Promise.resolve(),
    progressDue: false,
  }
  return channel
}

function onEvent(deps: ChannelDeps, channel: Channel, event: StoredEvent): void {
  pass(deps, channel, event.scanId, () => asFrame(deps, event))
  if (event.type !== 'scan.finished') oweProgress(deps, channel, event.scanId)
}

/** What becomes of a provider is told to the scans that run on it. */
function onProvider(
  deps: ChannelDeps,
  channel: Channel,
  scanId: string,
  { type, ...data }: ProviderEvent,
): void {
  pass(deps, channel, scanId, async () => {
    const scan = await deps.journal.scan(scanId)
    if (!scan || scan.done || scan.provider !== data.provider) return undefined
    // The time that is left depends on it, and nothing else may happen for a while.
    oweProgress(deps, channel, scanId)
    return liveFrame(type, { scanId, seq: scan.lastSeq }, data)
  })
}

/** What the queue of the scan's route reports. No scan stores it, so a reader that comes later does not get it. */
function onRoute(deps: ChannelDeps, channel: Channel, scanId: string, event: RouteEvent): void {
  if (event.type === 'stalled' && event.scanId !== scanId) return
  pass(deps, channel, scanId, async () => {
    const scan = await deps.journal.scan(scanId)
    if (!scan || scan.done) return undefined
    if (event.queue !== buildRouteQueueName(resolveRoute(scan.provider, scan.model)))
      return undefined
    return routeFrame(event, { scanId, seq: scan.lastSeq })
  })
}

function routeFrame(event: RouteEvent, at: { scanId: string; seq: number }): Frame {
  const { queue: route } = event
  switch (event.type) {
    case 'stalled':
      return liveFrame('resource.stalled', at, { resource: event.resource })
    case 'paused': {
      const { pause } = event
      const until = pause && new Date(pause.untilMs).toISOString()
      const reason = pause?.because ?? 'an operator has paused the queues'
      return liveFrame('queue.paused', at, { route, until, reason })
    }
    case 'resumed':
      return liveFrame('queue.resumed', at, { route })
  }
}

function pass(
  deps: ChannelDeps,
  channel: Channel,
  scanId: string,
  make: () => Promise<Frame | undefined>,
): void {
  channel.making = channel.making
    .then(async () => {
      const frame = await make()
      if (frame) broadcast(channel, frame)
    })
    .catch((error: unknown) => {
      // Readers would miss this event; ended, they come back by their last id and get it.
      deps.log.warn({ err: error, scanId }, 'an event could not be passed on')
      endAll(channel)
    })
}

function oweProgress(deps: ChannelDeps, channel: Channel, scanId: string): void {
  if (channel.progressDue) return
  channel.progressDue = true
  void sendProgress(deps, channel, scanId)
}

/** The last frame carries the final scan. A scan that was retried since goes on. */
async function asFrame(deps: ChannelDeps, event: StoredEvent): Promise<Frame> {
  if (event.type !== 'scan.finished') return storedFrame(event)
  const scan = await deps.journal.scan(event.scanId)
  return scan?.done && scan.lastSeq === event.seq
    ? storedFrame(event, { scan })
    : storedFrame(event)
}

async function sendProgress(deps: ChannelDeps, channel: Channel, scanId: string): Promise<void> {
  await sleep(PROGRESS_EVERY_MS, { ref: false })
  channel.progressDue = false
  if (channel.streams.size === 0) return
  const frame = await readProgress(deps.journal, scanId).catch(() => undefined)
  if (frame) broadcast(channel, frame)
}

async function readProgress(
  journal: ChannelDeps['journal'],
  scanId: string,
): Promise<Frame | undefined> {
  const scan = await journal.scan(scanId)
  return scan && progressFrame(journal, scan)
}

function endAll(channel: Channel): void {
  for (const stream of channel.streams) stream.end()
}

function broadcast(channel: Channel, frame: Frame): void {
  for (const stream of channel.streams) stream.push(frame)
}
