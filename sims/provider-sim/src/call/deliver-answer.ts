import { findLateError } from '../faults/fault-errors.ts'
import type { SimAnswer } from '../wires/wire.ts'
import { deliverStream } from './deliver-stream.ts'
import { settleCall } from './end-call.ts'
import type { CallExchange } from './call-exchange.ts'
import { sendError, sendHead } from './send.ts'
import { trickleChunks } from './trickle-chunks.ts'

/** Sends the answer, or fails as configured. */
export async function deliverAnswer(exchange: CallExchange, modelAnswer: SimAnswer): Promise<void> {
  const { call, fault, response } = exchange
  const error = findLateError(fault?.kind)
  if (error) {
    call.verdict = 'fault'
    settleCall(exchange, 0, false)
    sendError(exchange, error)
    return
  }
  switch (fault?.kind) {
    case 'html-error':
      call.verdict = 'fault'
      settleCall(exchange, 0, false)
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
      await answer(exchange, modelAnswer)
  }
}

/** An HTML page, as a proxy in front of the vendor would send it. */
function sendHtml({ call, response }: CallExchange): void {
  call.status = 502
  response.writeHead(502, { 'content-type': 'text/html' })
  response.end('<html><body><h1>502 Bad Gateway</h1></body></html>')
}

async function answer(exchange: CallExchange, modelAnswer: SimAnswer): Promise<void> {
  const { state, wire, modelRequest } = exchange
  // From here on other calls can read the prefix from the cache, and headers count this answer.
  if (modelRequest.cacheable && modelAnswer.cacheWriteTokens > 0) {
    state.cache.write(exchange.cacheEntry, modelRequest.cacheable, state.clock.nowMs())
  }
  settleCall(exchange, modelAnswer.outputTokens, true)
  const frames = modelRequest.stream ? wire.frames?.(modelAnswer, modelRequest) : undefined
  await (frames
    ? deliverStream(exchange, frames, modelAnswer)
    : deliverWhole(exchange, modelAnswer))
}

async function deliverWhole(exchange: CallExchange, modelAnswer: SimAnswer): Promise<void> {
  const { wire, call, modelRequest, fault, response } = exchange
  const body = JSON.stringify(wire.answer(modelAnswer, modelRequest))
  if (fault?.kind === 'slow-drip') {
    sendHead(exchange, 200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) })
    await trickleChunks(exchange, [...(body.match(/[^]{1,40}/gu) ?? [])], fault.dripMs)
    return
  }
  if (failInBody(exchange, body, modelAnswer)) return
  call.verdict = 'answered'
  sendHead(exchange, 200, JSON_TYPE)
  response.end(body)
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Starts a valid response that ends with an error. Returns false when no such fault is configured. */
function failInBody(exchange: CallExchange, body: string, modelAnswer: SimAnswer): boolean {
  const { call, fault, response } = exchange
  // The content length exceeds the body, so that the client detects the truncation.
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
      response.end(JSON.stringify(buildErrorUnder200(exchange, modelAnswer)))
      return true
    case undefined:
    default:
      return false
  }
}

function buildErrorUnder200({ wire }: CallExchange, modelAnswer: SimAnswer): unknown {
  return (
    wire.failure?.(modelAnswer) ?? wire.vendor.error('server', { requestId: modelAnswer.id }).body
  )
}
