import { servedError } from '../faults/error-of-fault.ts'
import type { Said } from '../wires/wire.ts'
import { deliverStream } from './deliver-stream.ts'
import { settle } from './end-call.ts'
import type { Exchange } from './exchange.ts'
import { sendError, sendHead } from './send.ts'
import { trickle } from './trickle.ts'

/** Sends what was said, or fails as planned. */
export async function deliver(exchange: Exchange, said: Said): Promise<void> {
  const { call, fault, response } = exchange
  const error = servedError(fault?.kind)
  if (error) {
    call.verdict = 'fault'
    settle(exchange, 0, false)
    sendError(exchange, error)
    return
  }
  switch (fault?.kind) {
    case 'html-error':
      call.verdict = 'fault'
      settle(exchange, 0, false)
      sendHtml(exchange)
      return
    case 'hang-before-headers':
      return
    case 'reset':
      call.verdict = 'fault'
      response.destroy()
      return
    case undefined:
    default:
      await answer(exchange, said)
  }
}

/** Not a word of the vendor: what a proxy in front of it says. */
function sendHtml({ call, response }: Exchange): void {
  call.status = 502
  response.writeHead(502, { 'content-type': 'text/html' })
  response.end('<html><body><h1>502 Bad Gateway</h1></body></html>')
}

async function answer(exchange: Exchange, said: Said): Promise<void> {
  const { state, wire, asked } = exchange
  // From here on others can read the prefix from the cache, and the headers count this answer.
  if (asked.cacheable && said.cacheWriteTokens > 0) {
    state.cache.write(exchange.cacheEntry, asked.cacheable, state.clock.nowMs())
  }
  settle(exchange, said.outputTokens, true)
  const frames = asked.stream ? wire.frames?.(said, asked) : undefined
  await (frames ? deliverStream(exchange, frames, said) : deliverWhole(exchange, said))
}

async function deliverWhole(exchange: Exchange, said: Said): Promise<void> {
  const { wire, call, asked, fault, response } = exchange
  const body = JSON.stringify(wire.answer(said, asked))
  if (fault?.kind === 'slow-drip') {
    sendHead(exchange, 200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) })
    await trickle(exchange, [...(body.match(/[^]{1,40}/gu) ?? [])], fault.dripMs)
    return
  }
  if (failInBody(exchange, body, said)) return
  call.verdict = 'answered'
  sendHead(exchange, 200, JSON_TYPE)
  response.end(body)
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Begins a good answer that ends badly; answers false when no such fault is planned. */
function failInBody(exchange: Exchange, body: string, said: Said): boolean {
  const { call, fault, response } = exchange
  // The length promises more than what comes: the client must see that the body is cut.
  const promised = { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) }
  switch (fault?.kind) {
    case 'hang-in-body':
      sendHead(exchange, 200, promised)
      response.write(body.slice(0, 10))
      return true
    case 'reset-in-body':
      call.verdict = 'fault'
      sendHead(exchange, 200, promised)
      response.write(body.slice(0, body.length / 2), () => response.destroy())
      return true
    case 'broken-body':
      call.verdict = 'fault'
      sendHead(exchange, 200, JSON_TYPE)
      response.end(body.slice(0, body.length / 2))
      return true
    case 'error-after-200':
      call.verdict = 'fault'
      sendHead(exchange, 200, JSON_TYPE)
      response.end(JSON.stringify(errorUnder200(exchange, said)))
      return true
    case undefined:
    default:
      return false
  }
}

function errorUnder200({ wire }: Exchange, said: Said): unknown {
  return wire.failure?.(said) ?? wire.vendor.error('server', { requestId: said.id }).body
}
