import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { prefixLinks } from '../links/prefix-links.ts'
import { isWanted } from './event-types.ts'
import type { Frame } from './frame.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import type { OpenStreams } from './open-streams.ts'

export interface SendDeps {
  streams: OpenStreams
  onSent: (frames: number) => void
}

export interface SendOptions {
  principal: string
  /** Patterns such as `scan.*`; empty lets everything through. */
  types: string[]
}

/** What a reader needs whatever it asked for: without these it would wait, or come back, for ever. */
const ALWAYS: readonly string[] = ['ping', 'snapshot', 'gap', 'scan.finished', 'server.closing']

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  // Ended streams must not leave a kept-alive socket behind: it would hold up the shutdown.
  connection: 'close',
}

/**
 * Sends what `frames` yields as one SSE response. AppError TOO_MANY_STREAMS beyond the limits. A reader
 * that is too slow, or away, ends the generator.
 */
export function sendFrames(
  deps: SendDeps,
  reply: FastifyReply,
  { principal, types }: SendOptions,
  frames: (outbox: Outbox) => AsyncGenerator<Frame[]>,
): FastifyReply {
  const release = deps.streams.admit(principal)
  const unsentBytes = (): number =>
    reply.raw.writableLength + (reply.raw.socket?.writableLength ?? 0)
  const outbox = createOutbox(unsentBytes)
  const remove = deps.streams.add({ outbox, unsentBytes, cut: () => reply.raw.destroy() })
  reply.raw.once('close', () => {
    outbox.end('closed')
    remove()
    release()
  })
  const texts = asText(frames(outbox), matcher(types), outbox, deps.onSent)
  const prefix = reply.server.findPrefix(reply.request.raw)
  const sent = prefix === '' ? texts : withPrefix(texts, prefix)
  return reply.headers(HEADERS).send(Readable.from(sent, { objectMode: true, highWaterMark: 1 }))
}

async function* withPrefix(texts: AsyncIterable<string>, prefix: string): AsyncGenerator<string> {
  for await (const text of texts) yield prefixLinks(text, prefix)
}

async function* asText(
  batches: AsyncGenerator<Frame[]>,
  wanted: (type: string) => boolean,
  outbox: Outbox,
  onSent: (frames: number) => void,
): AsyncGenerator<string> {
  yield 'retry: 2000\n\n'
  for await (const batch of batches) {
    const frames = batch.filter(({ type }) => wanted(type))
    if (frames.length === 0) continue
    onSent(frames.length)
    yield frames.map(({ text }) => text).join('')
  }
  if (outbox.ending() === 'too-slow') throw new Error('the reader was too slow and is cut')
}

function matcher(types: string[]): (type: string) => boolean {
  return (type) => ALWAYS.includes(type) || isWanted(types, type)
}
