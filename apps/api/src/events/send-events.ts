import type { FastifyReply } from 'fastify'
import { EventStream } from './event-stream.ts'
import { matchesEventTypes } from './event-types.ts'
import type { EventFrame } from './frame.ts'
import { createSessionEndedFrame } from './session-ended-frame.ts'
import type { StreamRegistry } from './stream-registry.ts'

export interface SendDeps {
  streams: StreamRegistry
  onSent: (frames: number) => void
}

export interface SendOptions {
  principal: string
  /** Event types and patterns such as `scan.*`; empty selects all. */
  types: string[]
  /** Sent on an idle connection. Default: a comment. */
  ping?: EventFrame
}

/** Types that every reader receives: without them a client would wait or reconnect forever. */
const ALWAYS: readonly string[] = [
  'ping',
  'snapshot',
  'gap',
  'scan.finished',
  'server.closing',
  'session.ended',
]

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  // An ended stream must not leave a kept-alive socket that delays the shutdown.
  connection: 'close',
}

/**
 * Opens an SSE response that `feed` writes to. It bypasses Fastify, whose streams use several times the memory per
 * reader. AppError TOO_MANY_STREAMS beyond the limits. A failure of `feed` closes the connection.
 */
export function sendEvents(
  deps: SendDeps,
  reply: FastifyReply,
  { principal, types, ping }: SendOptions,
  feed: (stream: EventStream) => Promise<void>,
): FastifyReply {
  const { log, method } = reply.request
  if (method === 'HEAD') return reply.headers(HEADERS).send()
  const release = deps.streams.admit(principal)
  reply.hijack()
  const { raw: response } = reply
  for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...HEADERS })) {
    if (value !== undefined) response.setHeader(name, value)
  }
  response.write('retry: 2000\n\n')
  const stream = new EventStream(response, {
    wants: createMatcher(types),
    onSent: deps.onSent,
    rounds: deps.streams.rounds,
    prefix: reply.server.findPrefix(reply.request.raw),
    ...(ping && { ping }),
  })
  const remove = deps.streams.add(stream)
  const unwatch = reply.server.watchSession(reply.request.principal, (reason) => {
    stream.push(createSessionEndedFrame(reason))
    stream.end()
  })
  stream.onClose(() => {
    unwatch()
    stream.end()
    remove()
    release()
  })
  feed(stream).catch((error: unknown) => {
    log.warn({ err: error }, 'an event stream failed; its client resumes by its last id')
    response.destroy()
  })
  return reply
}

function createMatcher(types: string[]): (type: string) => boolean {
  if (types.length === 0) return wantsAll
  return (type) => ALWAYS.includes(type) || matchesEventTypes(types, type)
}

const wantsAll = (): boolean => true
