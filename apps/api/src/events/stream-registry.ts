import { sleep } from '@capstan/shared/async/sleep'
import { AppError } from '@capstan/shared/errors'
import type { EventStream } from './event-stream.ts'
import { encodeFrame, type EventFrame } from './frame.ts'
import { openWriteRounds, type WriteRounds } from './write-rounds.ts'

export interface StreamLimits {
  perReplica: number
  perPrincipal: number
  /** Maximum unread bytes of all readers together. Beyond it the largest readers are disconnected. */
  unreadBytes: number
}

/** Counts, pings, disconnects and finally closes the SSE responses of this process. */
export interface StreamRegistry {
  /** Admits a stream, or throws AppError TOO_MANY_STREAMS beyond a limit. Returns a function that releases it. */
  admit(principal: string): () => void
  add(stream: EventStream): () => void
  count(): number
  /** Gathers the writes of all streams. */
  rounds: WriteRounds
  /** Asks every client to reconnect to another replica and ends the responses. */
  closeAll(): Promise<void>
}

const PING_EVERY_MS = 15_000
const CHECK_EVERY_MS = 250
/** Random reconnect delay, because simultaneous reconnects would overload the remaining replica. */
const RETRY_FROM_MS = 500
const RETRY_TO_MS = 5_000
const GOODBYE_MS = 2_000

export function openStreamRegistry(limits: StreamLimits): StreamRegistry {
  const streams = new Set<EventStream>()
  const perPrincipal = new Map<string, number>()
  const stuck = new WeakMap<EventStream, number>()
  const pinging = setInterval(() => {
    for (const stream of streams) ping(stream, stuck)
  }, PING_EVERY_MS).unref()
  const checking = setInterval(
    () => disconnectLargest(streams, limits.unreadBytes),
    CHECK_EVERY_MS,
  ).unref()
  let admitted = 0
  let isClosing = false
  return {
    admit: (principal) => {
      const own = perPrincipal.get(principal) ?? 0
      if (admitted >= limits.perReplica || own >= limits.perPrincipal) throw tooManyStreamsError()
      admitted += 1
      perPrincipal.set(principal, own + 1)
      return () => {
        admitted -= 1
        perPrincipal.set(principal, (perPrincipal.get(principal) ?? 1) - 1)
      }
    },
    add: (stream) => {
      streams.add(stream)
      // A client that reconnects before the server stops listening must not delay the shutdown.
      if (isClosing) sendClosing(stream)
      return () => streams.delete(stream)
    },
    count: () => admitted,
    rounds: openWriteRounds(),
    closeAll: async () => {
      isClosing = true
      clearInterval(pinging)
      clearInterval(checking)
      await closeStreams(streams)
    },
  }
}

/** Disconnects a reader whose buffer has not moved between two pings. */
function ping(stream: EventStream, stuck: WeakMap<EventStream, number>): void {
  const held = stream.unacceptedBytes
  if (held > 0 && stuck.get(stream) === held) {
    stream.cut()
    return
  }
  stuck.set(stream, held)
  // Only idle streams need a ping, and a ping would change the buffer size of a stuck stream.
  if (held === 0) stream.ping()
}

/** Disconnects the readers with the most unread bytes until the total is at most `maxBytes`. */
function disconnectLargest(streams: ReadonlySet<EventStream>, maxBytes: number): void {
  let total = 0
  for (const stream of streams) total += stream.heldBytes
  if (total <= maxBytes) return
  const bySize = [...streams]
    .map((stream) => ({ stream, held: stream.heldBytes }))
    .toSorted((a, b) => b.held - a.held)
  for (const { stream, held } of bySize) {
    if (total <= maxBytes) return
    stream.cut()
    total -= held
  }
}

async function closeStreams(streams: Set<EventStream>): Promise<void> {
  for (const stream of streams) sendClosing(stream)
  const deadline = performance.now() + GOODBYE_MS
  while (streams.size > 0 && performance.now() < deadline) {
    await sleep(20)
  }
  for (const stream of streams) stream.cut()
}

function sendClosing(stream: EventStream): void {
  stream.push(createClosingFrame())
  stream.end()
}

function createClosingFrame(): EventFrame {
  const retryMs = Math.round(RETRY_FROM_MS + Math.random() * (RETRY_TO_MS - RETRY_FROM_MS))
  const text = `retry: ${retryMs}\nevent: server.closing\ndata: ${JSON.stringify({ v: 1, retryMs })}\n\n`
  return encodeFrame('server.closing', text)
}

function tooManyStreamsError(): AppError {
  const retryAfterMs = Math.round(2_000 + Math.random() * 8_000)
  return new AppError(
    'TOO_MANY_STREAMS',
    'This server has the maximum number of event streams open',
    {
      hint: 'Retry later, use one stream for all tabs, or read the events as JSON pages.',
      retryable: true,
      retryAfterMs,
    },
  )
}
