import { sleep } from '@capstan/shared/async/sleep'
import { AppError } from '@capstan/shared/errors'
import type { EventStream } from './event-stream.ts'
import { PING, type Frame } from './frame.ts'

export interface StreamLimits {
  perReplica: number
  perPrincipal: number
  /** What all readers together may leave unread. Beyond it those that left most are cut. */
  unreadBytes: number
}

/** Counts, pings, cuts and finally closes the SSE responses of this process. */
export interface OpenStreams {
  /** AppError TOO_MANY_STREAMS beyond a limit. The answer gives the place back. */
  admit(principal: string): () => void
  add(stream: EventStream): () => void
  count(): number
  /** Tells every reader to come back to another replica and ends the responses. */
  closeAll(): Promise<void>
}

const PING_EVERY_MS = 15_000
const CHECK_EVERY_MS = 250
/** Readers that come back all at once would fell the replica that is left. */
const RETRY_FROM_MS = 500
const RETRY_TO_MS = 5_000
const GOODBYE_MS = 2_000

export function openStreams(limits: StreamLimits): OpenStreams {
  const streams = new Set<EventStream>()
  const perPrincipal = new Map<string, number>()
  const stuck = new WeakMap<EventStream, number>()
  const pinging = setInterval(() => {
    for (const stream of streams) ping(stream, stuck)
  }, PING_EVERY_MS).unref()
  const checking = setInterval(
    () => cutLargest(streams, limits.unreadBytes),
    CHECK_EVERY_MS,
  ).unref()
  let admitted = 0
  let isClosing = false
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
      // A reader that comes back before the server stops listening would hold up its end.
      if (isClosing) sendClosing(stream)
      return () => streams.delete(stream)
    },
    count: () => admitted,
    closeAll: async () => {
      isClosing = true
      clearInterval(pinging)
      clearInterval(checking)
      await closeStreams(streams)
    },
  }
}

/** A reader whose socket has moved nothing between two pings is gone or stuck. */
function ping(stream: EventStream, stuck: WeakMap<EventStream, number>): void {
  const held = stream.heldBytes
  if (held > 0 && stuck.get(stream) === held) {
    stream.cut()
    return
  }
  stuck.set(stream, held)
  // Only an idle stream needs one, and a stuck one must stay recognizable.
  if (held === 0) stream.push(PING)
}

/** Cuts the readers that left most unread until all together hold no more than `mostBytes`. */
function cutLargest(streams: ReadonlySet<EventStream>, mostBytes: number): void {
  let total = 0
  for (const stream of streams) total += stream.heldBytes
  if (total <= mostBytes) return
  const bySize = [...streams]
    .map((stream) => ({ stream, held: stream.heldBytes }))
    .toSorted((a, b) => b.held - a.held)
  for (const { stream, held } of bySize) {
    if (total <= mostBytes) return
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
  stream.push(closingFrame())
  stream.end()
}

function closingFrame(): Frame {
  const retryMs = Math.round(RETRY_FROM_MS + Math.random() * (RETRY_TO_MS - RETRY_FROM_MS))
  const text = `retry: ${retryMs}\nevent: server.closing\ndata: ${JSON.stringify({ v: 1, retryMs })}\n\n`
  return { seq: null, type: 'server.closing', bytes: Buffer.from(text), last: false }
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
