import { backoffMs } from '@capstan/shared/async/backoff'
import type { LiveHandlers } from './live-handlers.ts'
import type { Frame } from './frame.ts'
import { FRAME_TYPES, isFrameType } from './frame-types.ts'
import { API } from './request.ts'
import { loadSession } from './session.ts'

export interface Stream {
  /** Reads these topics. Without any the connection is closed. */
  follow(topics: string[]): void
}

/** Spread, so that many pages do not return at once. */
const RETRY_STEPS = { firstMs: 500, longestMs: 8_000, jitter: [0.5, 1] } as const
/** To an EventSource a rejected session looks like an outage, so the server is asked. */
const FAILURES_BEFORE_ASKING = 2

/** Keeps one connection to GET /events. It resumes by the id of its last event, with growing delays after failures. */
export function openStream({ onFrame, onStatus }: LiveHandlers): Stream {
  let source: EventSource | undefined
  let topics: string[] = []
  let lastEventId = ''
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const close = (): void => {
    clearTimeout(timer)
    source?.close()
    source = undefined
  }
  const retry = (): void => {
    close()
    failures += 1
    if (failures >= FAILURES_BEFORE_ASKING) void loadSession()
    const delay = backoffMs(failures - 1, RETRY_STEPS)
    onStatus({ state: 'waiting', at: Date.now() + delay })
    timer = setTimeout(connect, delay)
  }
  const connected = (): void => {
    failures = 0
    onStatus({ state: 'live' })
  }
  const take = (frame: Frame, id: string): void => {
    if (id !== '') lastEventId = id
    onFrame(frame)
  }
  const connect = (): void => {
    source = openSource(topics, lastEventId)
    source.addEventListener('open', connected)
    source.addEventListener('error', retry)
    listen(source, take)
  }
  addEventListener('online', () => {
    if (source !== undefined || topics.length === 0) return
    clearTimeout(timer)
    connect()
  })
  return {
    follow: (wanted) => {
      const next = wanted.toSorted()
      if (next.join() === topics.join()) return
      topics = next
      // Positions of other topics are unknown, so the server begins with a snapshot.
      lastEventId = ''
      close()
      onStatus({ state: topics.length === 0 ? 'asleep' : 'connecting' })
      if (topics.length > 0) connect()
    },
  }
}

function openSource(topics: string[], lastEventId: string): EventSource {
  const url = new URL('events', API)
  url.searchParams.set('topics', topics.join(','))
  if (lastEventId !== '') url.searchParams.set('lastEventId', lastEventId)
  return new EventSource(url)
}

function listen(source: EventSource, onFrame: (frame: Frame, id: string) => void): void {
  for (const type of FRAME_TYPES) {
    source.addEventListener(type, (event: MessageEvent<string>) => {
      const frame = parseFrame(type, event.data)
      if (frame) onFrame(frame, event.lastEventId)
    })
  }
}

function parseFrame(type: string, text: string): Frame | undefined {
  return isFrameType(type) ? { type, data: JSON.parse(text) } : undefined
}
