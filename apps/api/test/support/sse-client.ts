import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { ReceivedEvent } from '@capstan/testkit/follow-events'

export interface OpenSse {
  response: Response
  /** All events received so far. */
  events: ReceivedEvent[]
  /** Returns the next matching event, including events received earlier. Undefined when the stream ends first. */
  next(fits: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent | undefined>
  /** Whether the connection closed before the server ended the response. */
  isBroken(): boolean
  /** Resolves when the server has ended the response. */
  ended: Promise<void>
  leave(): void
}

/** Opens an SSE response and reads it to its end. */
export async function openSse(url: string, headers: Record<string, string> = {}): Promise<OpenSse> {
  const leaving = new AbortController()
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: leaving.signal,
  })
  const events: ReceivedEvent[] = []
  let waiting: (() => void)[] = []
  let over = false
  let broken = false
  const ring = (): void => {
    const rung = waiting
    waiting = []
    for (const wake of rung) wake()
  }
  const read = async (): Promise<void> => {
    if (!response.body) return
    const frames = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())
    for await (const { id = '', event = 'message', data } of frames) {
      events.push({ id, type: event, data: JSON.parse(data) as Record<string, unknown> })
      ring()
    }
  }
  const ended = read()
    .catch(() => {
      broken = true
    })
    .then(() => {
      over = true
      ring()
    })
  return {
    response,
    events,
    ended,
    isBroken: () => broken,
    leave: () => leaving.abort(),
    next: async (fits) => {
      for (let index = 0; ; index++) {
        while (index >= events.length) {
          if (over) return undefined
          await new Promise<void>((resolve) => waiting.push(resolve))
        }
        const event = events[index]
        if (event && fits(event)) return event
      }
    },
  }
}
