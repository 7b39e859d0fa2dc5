import { AppError } from '@capstan/shared/errors'
import { PING, type Frame } from './frame.ts'
import type { Outbox } from './outbox.ts'

export interface StreamLimits {
  perReplica: number
  perPrincipal: number
}

/** One open SSE response, as far as the server as a whole has to do with it. */
export interface OpenStream {
  outbox: Outbox
  /** Bytes the socket has not passed on. */
  unsentBytes: () => number
  /** Cuts the connection without a word. */
  cut: () => void
}

/** Counts, pings, cuts and finally closes the SSE responses of this process. */
export interface OpenStreams {
  /** AppError TOO_MANY_STREAMS beyond a limit. The answer gives the place back. */
  admit(principal: string): () => void
  add(stream: OpenStream): () => void
  count(): number
  /** Tells every reader to come back to another replica and ends the responses. */
  closeAll(): Promise<void>
}

const PING_EVERY_MS = 15_000
/** Readers that come back all at once would fell the replica that is left. */
const RETRY_FROM_MS = 500
const RETRY_TO_MS = 5_000
const GOODBYE_MS = 2_000

export function openStreams(limits: StreamLimits): OpenStreams {
  const streams = new Set<OpenStream>()
  const perPrincipal = new Map<string, number>()
  const stuck = new WeakMap<OpenStream, number>()
  const pinging = setInterval(() => {
    for (const stream of streams) ping(stream, stuck)
  }, PING_EVERY_MS).unref()
  let admitted = 0
  return {
    admit: (principal) => {
      const own = perPrincipal.get(principal) ?? 0
      if (admitted >= limits.perReplica || own >= limits.perPrincipal) throw tooMany()
      admitted += 1
      perPrincipal.set(principal, own + 1)
      return () => {
        admitted -= 1
        perPrincipal.set(principal, (perPrincipal.get(principal) ?? 1) - 1)
      }
    },
    add: (stream) => {
      streams.add(stream)
      return () => streams.delete(stream)
    },
    count: () => admitted,
    closeAll: async () => {
      clearInterval(pinging)
      await closeStreams(streams)
    },
  }
}

/** A reader whose socket has moved nothing between two pings is gone or stuck. */
function ping(stream: OpenStream, stuck: WeakMap<OpenStream, number>): void {
  const unsent = stream.unsentBytes()
  if (unsent > 0 && stuck.get(stream) === unsent) {
    stream.cut()
    return
  }
  stuck.set(stream, unsent)
  // Only an idle stream needs one, and a stuck one must stay recognizable.
  if (unsent === 0) stream.outbox.push(PING)
}

async function closeStreams(streams: Set<OpenStream>): Promise<void> {
  for (const { outbox } of streams) {
    outbox.push(closingFrame())
    outbox.end('closed')
  }
  const deadline = performance.now() + GOODBYE_MS
  while (streams.size > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  for (const { cut } of streams) cut()
}

function closingFrame(): Frame {
  const retryMs = Math.round(RETRY_FROM_MS + Math.random() * (RETRY_TO_MS - RETRY_FROM_MS))
  const text = `retry: ${retryMs}\nevent: server.closing\ndata: ${JSON.stringify({ v: 1, retryMs })}\n\n`
  return { seq: null, type: 'server.closing', text, last: false }
}

function tooMany(): AppError {
  const retryAfterMs = Math.round(2_000 + Math.random() * 8_000)
  return new AppError(
    'TOO_MANY_STREAMS',
    'This server has as many event streams open as it takes',
    {
      hint: 'Come back later, use one stream for all tabs, or read the events as JSON pages.',
      retryable: true,
      retryAfterMs,
    },
  )
}
