import { costUsd } from '../limits/spend-cap.ts'
import type { CallRecord } from './call-record.ts'
import type { Exchange } from './exchange.ts'
import type { SimState } from './sim-state.ts'

/** Debits the output and the money of a call, once. */
export function settle(exchange: Exchange, outputTokens: number, isPaid: boolean): void {
  if (exchange.isSettled) return
  exchange.isSettled = true
  const { state, call } = exchange
  call.outputTokens = outputTokens
  exchange.verdict?.settle(outputTokens, state.clock.nowMs())
  if (!isPaid) return
  call.costUsd = costUsd(state.config.prices, call)
  state.spend.charge(call.account, call.costUsd)
}

/** An admitted call is over: its answer was sent, it was cut, or the client has left. */
export function endAdmitted(exchange: Exchange): void {
  const { state, call } = exchange
  state.inFlight.leave(call.account)
  // A client that leaves early still pays for what was written until then.
  const share = Math.min(1, (state.clock.nowMs() - call.atSimMs) / (call.latencyMs || 1))
  settle(exchange, Math.round(call.outputTokens * share), true)
  endCall(state, call)
}

/** Writes the end of a call down. */
export function endCall(state: SimState, call: CallRecord): void {
  call.endedMs = Date.now()
  if (call.verdict === 'pending') call.verdict = 'aborted'
  state.log.ended(call)
}
