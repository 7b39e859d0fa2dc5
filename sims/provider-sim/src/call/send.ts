import type { RetryAfterStyle } from '../config/fault-config.ts'
import { rateView } from '../wires/rate-view.ts'
import type { ErrorFacts, ErrorKind } from '../wires/wire.ts'
import type { CallRecord } from './call-record.ts'
import type { Exchange, Incoming } from './exchange.ts'
import { retryAfterHeaders } from './retry-after-headers.ts'

export type Answering = Incoming & { call: CallRecord } & Partial<Pick<Exchange, 'verdict'>>

/** What an error answer says beside its kind. */
export interface ErrorAnswer extends Omit<ErrorFacts, 'requestId' | 'retryAfterMs'> {
  /** Simulated ms; unset: no `retry-after`. */
  retryAfterMs?: number | undefined
  retryAfterStyle?: RetryAfterStyle | undefined
}

/** Sends an error as the vendor words it. */
export function sendError(exchange: Answering, kind: ErrorKind, answer: ErrorAnswer = {}): void {
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
    ...(realMs === undefined ? {} : retryAfterHeaders(style, realMs, isExact)),
  })
  exchange.response.end(JSON.stringify(body))
}

/** Begins an answer: status, the vendor's headers, the limits. */
export function sendHead(
  exchange: Answering,
  status: number,
  headers: Record<string, string | number>,
): void {
  const { wire, response, requestId, call } = exchange
  call.status = status
  response.writeHead(status, {
    ...wire.vendor.headers(requestId, viewOf(exchange), Date.now()),
    ...headers,
  })
}

function viewOf({ state, verdict, call }: Answering) {
  const { headers, timeScale } = state.config
  const current = rateView(verdict?.view(state.clock.nowMs()) ?? [], headers.limits, timeScale)
  if (headers.limits !== 'stale' || current.length === 0) return current
  const owner = `${call.account}|${call.group}`
  const first = state.firstViews.get(owner) ?? current
  state.firstViews.set(owner, first)
  return first
}
