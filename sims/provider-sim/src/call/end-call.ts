import { computeSpendUsd } from '../limits/spend-cap.ts'
import type { CallRecord } from './call-record.ts'
import type { CallExchange } from './call-exchange.ts'
import type { SimState } from './sim-state.ts'

/** Debits the output tokens and the cost of a call, once. */
export function settleCall(exchange: CallExchange, outputTokens: number, isPaid: boolean): void {
  if (exchange.isSettled) return
  exchange.isSettled = true
  const { state, call } = exchange
  call.outputTokens = outputTokens
  exchange.verdict?.settle(outputTokens, state.clock.nowMs())
  if (!isPaid) return
  call.costUsd = computeSpendUsd(state.config.prices, call)
  state.spend.charge(call.account, call.costUsd)
}

/** Ends an admitted call: its answer was sent or cut, or the client disconnected. */
export function endAdmitted(exchange: CallExchange): void {
  const { state, call } = exchange
  state.inFlight.leave(call.account)
  // A client that disconnects early pays for the output produced until then.
  const share = Math.min(1, (state.clock.nowMs() - call.atSimMs) / (call.latencyMs || 1))
  settleCall(exchange, Math.round(call.outputTokens * share), true)
  endCall(state, call)
}

/** Records the end of a call. */
export function endCall(state: SimState, call: CallRecord): void {
  call.endedMs = Date.now()
  if (call.verdict === 'pending') call.verdict = 'aborted'
  state.log.ended(call)
}
