import type { ErrorKind } from '../wires/wire.ts'
import type { Refusal } from './call-record.ts'
import { sendError, type Answering, type ErrorAnswer } from './send.ts'

/** Why a call is not let in, and how that is answered. */
export interface Refused extends ErrorAnswer {
  kind: ErrorKind
  refusedBy: Refusal
}

const PASSES = new Set<ErrorKind>(['rate', 'ramp', 'concurrency'])
const FAILS = new Set<ErrorKind>(['overloaded', 'unavailable', 'server'])

/** Answers a call with an error before it was let in. */
export function refuse(exchange: Answering, { kind, refusedBy, ...answer }: Refused): void {
  const { call } = exchange
  call.verdict = PASSES.has(kind) ? 'rate-limited' : FAILS.has(kind) ? 'fault' : 'refused'
  call.refusedBy = refusedBy
  call.retryAfterMs = answer.retryAfterMs
  sendError(exchange, kind, answer)
}
