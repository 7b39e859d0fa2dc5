import { endCall } from '../call/end-call.ts'
import { newCall } from '../call/new-call.ts'
import type { SimState } from '../call/sim-state.ts'
import { answerRequest } from './answer-request.ts'
import type { Batch, BatchOutcome } from './batches.ts'

export type BatchPhase = 'in_progress' | 'canceling' | 'ended'

/**
 * Where a batch stands now. When all of its requests are through, their outcomes are drawn, and each request that
 * was answered is a call in the log.
 */
export function advanceBatch(state: SimState, batch: Batch): BatchPhase {
  if (batch.outcomes) return 'ended'
  const nowMs = state.clock.nowMs() - batch.createdAtSimMs
  if (nowMs < endsAfterMs(state, batch)) {
    return batch.canceledAtSimMs === undefined ? 'in_progress' : 'canceling'
  }
  batch.outcomes = batch.requests.map((_, index) => outcomeOf(state, batch, index))
  return 'ended'
}

/** Simulated ms from the creation to the end. */
function endsAfterMs({ config }: SimState, { canceledAtSimMs, createdAtSimMs }: Batch): number {
  const { processingMs, expiresMs } = config.batches
  const canceledMs =
    canceledAtSimMs === undefined ? Number.POSITIVE_INFINITY : canceledAtSimMs - createdAtSimMs
  return Math.min(processingMs, expiresMs, canceledMs)
}

function outcomeOf(state: SimState, batch: Batch, index: number): BatchOutcome {
  const { processingMs, expiresMs } = state.config.batches
  const answeredMs = (processingMs * (index + 1)) / batch.requests.length
  const endMs = endsAfterMs(state, batch)
  const request = batch.requests[index]
  if (!request || answeredMs > endMs) return { type: endMs === expiresMs ? 'expired' : 'canceled' }
  const call = newCall(state, request.path)
  call.account = batch.account
  const outcome = answerRequest(state, request, call)
  endCall(state, call)
  return outcome
}
