import { createParser, type EventSourceMessage } from 'eventsource-parser'

export interface ScanStreamEvent {
  type: 'event'
  id: string
  event: string
  data: unknown
}

export interface StreamPosition {
  lastId: string
  /** Retry delay requested by the server, for the next attempt only. */
  waitMs: number
}

/** Yields the events of a response and moves the position. Returns whether the scan has ended. */
export async function* readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  position: StreamPosition,
  onData: () => void,
): AsyncGenerator<ScanStreamEvent, boolean> {
  const ready: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (message) => ready.push(message) })
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    // Not `for await`, because Safari cannot iterate over streams.
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      onData()
      parser.feed(part.value)
      for (const message of ready.splice(0)) {
        const event = takeEvent(message, position)
        if (!event) continue
        yield event
        if (isEnd(event)) return true
      }
    }
    return false
  } finally {
    // A consumer that leaves early must not keep the connection. After a failure there is none to cancel.
    await reader.cancel().catch(() => undefined)
  }
}

/** Undefined for a repeated event. */
function takeEvent(
  { id = '', event = 'message', data }: EventSourceMessage,
  position: StreamPosition,
): ScanStreamEvent | undefined {
  const parsed = parse(data)
  if (id !== '' && parseSequence(id) <= parseSequence(position.lastId)) return undefined
  if (id !== '') position.lastId = id
  // The server did not know the last event id, for example because Redis lost its last events, and starts
  // again.
  if (event === 'snapshot') position.lastId = ''
  if (event === 'server.closing') position.waitMs = readClosingWaitMs(parsed)
  return { type: 'event', id, event, data: parsed }
}

/** Only the final event of a scan carries the scan. An end before a retry does not end the stream. */
function isEnd({ event, data }: ScanStreamEvent): boolean {
  return event === 'scan.finished' && typeof data === 'object' && data !== null && 'scan' in data
}

function readClosingWaitMs(parsed: unknown): number {
  const hasWait = typeof parsed === 'object' && parsed !== null && 'retryMs' in parsed
  return hasWait ? Math.min(10_000, Number(parsed.retryMs) || 0) : 0
}

function parseSequence(id: string): number {
  return Number(id.split('-')[0] || -1)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
