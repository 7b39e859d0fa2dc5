import { sleep } from '@capstan/shared/async/sleep'
import { EventSourceParserStream } from 'eventsource-parser/stream'

export interface SeenEvent {
  id: string
  type: string
  data: Record<string, unknown>
}

export interface FollowOptions {
  /** Asked before every connection, so a client can hop between replicas. */
  eventsUrl: () => string
  headers?: Record<string, string>
  onEvent: (event: SeenEvent) => void
  /** Stored events after which the client leaves and comes back by Last-Event-ID; asked per connection. */
  hopAfter?: () => number
  signal: AbortSignal
}

/**
 * An SSE client as a browser is one: it remembers the last id, reconnects with it whatever happened, and
 * ends at 204. Events without an id do not move its position.
 */
export async function followEvents(options: FollowOptions): Promise<void> {
  let lastId = ''
  while (!options.signal.aborted) {
    const leave = new AbortController()
    const signal = AbortSignal.any([options.signal, leave.signal])
    try {
      const response = await fetch(options.eventsUrl(), {
        headers: {
          accept: 'text/event-stream',
          ...options.headers,
          ...(lastId === '' ? {} : { 'last-event-id': lastId }),
        },
        signal,
      })
      if (response.status === 204) return
      if (response.status !== 200 || !response.body) {
        await response.body?.cancel()
        await sleep(100)
        continue
      }
      let left = options.hopAfter?.() ?? Number.POSITIVE_INFINITY
      const frames = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream())
      for await (const frame of frames) {
        if (frame.id) lastId = frame.id
        options.onEvent({
          id: frame.id ?? '',
          type: frame.event ?? 'message',
          data: JSON.parse(frame.data) as Record<string, unknown>,
        })
        if (frame.id && --left <= 0) leave.abort()
      }
    } catch {
      // A killed replica, a hop or the end of the test: the next turn of the loop tells which.
      if (!leave.signal.aborted) await sleep(100)
    }
  }
}

/** EventSource waits before it reconnects; without a wait a dead replica would be asked in a tight loop. */
