import type { ErrorKind } from '../wires/wire.ts'
import type { RefusalReason } from './call-record.ts'
import { sendError, type AnsweringCall, type SimErrorResponse } from './send.ts'

/** Why a call is rejected, and the error response. */
export interface CallRefusal extends SimErrorResponse {
  kind: ErrorKind
  refusedBy: RefusalReason
}

const PASSES = new Set<ErrorKind>(['rate', 'ramp', 'concurrency'])
const FAILS = new Set<ErrorKind>(['overloaded', 'unavailable', 'server'])

/** Rejects a call with an error response before it was admitted. */
export function refuseCall(
  exchange: AnsweringCall,
  { kind, refusedBy, ...answer }: CallRefusal,
): void {
  const { call } = exchange
  call.verdict = PASSES.has(kind) ? 'rate-limited' : FAILS.has(kind) ? 'fault' : 'refused'
  call.refusedBy = refusedBy
  call.retryAfterMs = answer.retryAfterMs
  sendError(exchange, kind, answer)
}
