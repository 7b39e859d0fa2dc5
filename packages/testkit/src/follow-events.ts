import { sleep } from '@capstan/shared/async/sleep'
import { EventSourceParserStream } from 'eventsource-parser/stream'

export interface ReceivedEvent {
  id: string
  type: string
  data: Record<string, unknown>
}

export interface FollowOptions {
  /** Called before every connection, so that a client can switch between replicas. */
  eventsUrl: () => string
  headers?: Record<string, string>
  onEvent: (event: ReceivedEvent) => void
  /** Number of stored events after which the client reconnects with Last-Event-ID; called per connection. */
  hopAfter?: () => number
  signal: AbortSignal
}

/**
 * An SSE client that behaves like a browser: it remembers the last id, reconnects with it after any failure,
 * and ends at status 204. Events without an id do not change its position.
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
      // A killed replica, a switch, or the end of the test. The loop condition decides which.
      if (!leave.signal.aborted) await sleep(100)
    }
  }
}

/** Like EventSource, waits before it reconnects, so that a dead replica is not polled in a tight loop. */
