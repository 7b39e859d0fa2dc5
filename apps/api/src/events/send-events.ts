import type { FastifyReply } from 'fastify'
import { EventStream } from './event-stream.ts'
import { isWanted } from './event-types.ts'
import type { OpenStreams } from './stream-registry.ts'

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
 * Opens one SSE response that `feed` sends into. It is written past Fastify, whose streams hold several times as much
 * for each reader. AppError TOO_MANY_STREAMS beyond the limits. A failure of `feed` cuts the connection.
 */
export function sendEvents(
  deps: SendDeps,
  reply: FastifyReply,
  { principal, types }: SendOptions,
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
    wants: matcher(types),
    onSent: deps.onSent,
    prefix: reply.server.findPrefix(reply.request.raw),
  })
  const remove = deps.streams.add(stream)
  stream.onClose(() => {
    stream.end()
    remove()
    release()
  })
  feed(stream).catch((error: unknown) => {
    log.warn({ err: error }, 'an event stream is cut; its reader comes back by its last id')
    response.destroy()
  })
  return reply
}

function matcher(types: string[]): (type: string) => boolean {
  if (types.length === 0) return wantsAll
  return (type) => ALWAYS.includes(type) || isWanted(types, type)
}

const wantsAll = (): boolean => true
