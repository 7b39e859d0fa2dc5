import type { RetryAfterStyle } from '../config/fault-config.ts'
import { scaleRateView } from '../wires/rate-view.ts'
import type { ErrorDetails, ErrorKind } from '../wires/wire.ts'
import type { CallRecord } from './call-record.ts'
import type { CallExchange, CallConnection } from './call-exchange.ts'
import { buildRetryAfterHeaders } from './retry-after-headers.ts'

export type AnsweringCall = CallConnection & { call: CallRecord } & Partial<
    Pick<CallExchange, 'verdict'>
  >

/** Details of an error response besides its kind. */
export interface SimErrorResponse extends Omit<ErrorDetails, 'requestId' | 'retryAfterMs'> {
  /** Simulated ms; undefined: no `retry-after`. */
  retryAfterMs?: number | undefined
  retryAfterStyle?: RetryAfterStyle | undefined
}

/** Sends an error in the format of the vendor. */
export function sendError(
  exchange: AnsweringCall,
  kind: ErrorKind,
  answer: SimErrorResponse = {},
): void {
  const { state, wire, call, requestId } = exchange
  const { retryAfterMs, retryAfterStyle = 'exact', ...facts } = answer
  const realMs = retryAfterMs === undefined ? undefined : state.clock.realMs(retryAfterMs)
  const { status, body } = wire.vendor.error(kind, {
    requestId,
    model: call.model,
    retryAfterMs: realMs,
    ...facts,
  })
  const { headers } = state.config
  const style = headers.retryAfter === 'exact' ? retryAfterStyle : headers.retryAfter
  const isExact = wire.vendor.name === 'openai' || state.clock.scale !== 1
  sendHead(exchange, status, {
    'content-type': 'application/json',
    ...(realMs === undefined ? {} : buildRetryAfterHeaders(style, realMs, isExact)),
  })
  exchange.response.end(JSON.stringify(body))
}

/** Starts a response: status, vendor headers, limit headers. */
export function sendHead(
  exchange: AnsweringCall,
  status: number,
  headers: Record<string, string | number>,
): void {
  const { wire, response, requestId, call } = exchange
  call.status = status
  response.writeHead(status, {
    ...wire.vendor.headers(requestId, buildView(exchange), Date.now()),
    ...headers,
  })
}

function buildView({ state, verdict, call }: AnsweringCall) {
  const { headers, timeScale } = state.config
  const current = scaleRateView(verdict?.view(state.clock.nowMs()) ?? [], headers.limits, timeScale)
  if (headers.limits !== 'stale' || current.length === 0) return current
  const owner = `${call.account}|${call.group}`
  const first = state.firstViews.get(owner) ?? current
  state.firstViews.set(owner, first)
  return first
}
