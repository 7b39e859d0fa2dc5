import { endCall } from '../call/end-call.ts'
import { recordCall } from '../call/record-call.ts'
import type { SimState } from '../call/sim-state.ts'
import { answerBatchRequest } from './answer-batch-request.ts'
import type { Batch, BatchOutcome } from './batches.ts'

export type BatchPhase = 'in_progress' | 'canceling' | 'ended'

/**
 * Returns the current phase of a batch. When all requests are processed, draws their outcomes and records
 * each answered request as a call.
 */
export function advanceBatch(state: SimState, batch: Batch): BatchPhase {
  if (batch.outcomes) return 'ended'
  const nowMs = state.clock.nowMs() - batch.createdAtSimMs
  if (nowMs < computeDurationMs(state, batch)) {
    return batch.canceledAtSimMs === undefined ? 'in_progress' : 'canceling'
  }
  batch.outcomes = batch.requests.map((_, index) => drawOutcome(state, batch, index))
  return 'ended'
}

/** Simulated ms from creation to end. */
function computeDurationMs(
  { config }: SimState,
  { canceledAtSimMs, createdAtSimMs }: Batch,
): number {
  const { processingMs, expiresMs } = config.batches
  const canceledMs =
    canceledAtSimMs === undefined ? Number.POSITIVE_INFINITY : canceledAtSimMs - createdAtSimMs
  return Math.min(processingMs, expiresMs, canceledMs)
}

function drawOutcome(state: SimState, batch: Batch, index: number): BatchOutcome {
  const { processingMs, expiresMs } = state.config.batches
  const answeredMs = (processingMs * (index + 1)) / batch.requests.length
  const endMs = computeDurationMs(state, batch)
  const request = batch.requests[index]
  if (!request || answeredMs > endMs) return { type: endMs === expiresMs ? 'expired' : 'canceled' }
  const call = recordCall(state, request.path)
  call.account = batch.account
  const outcome = answerBatchRequest(state, request, call)
  endCall(state, call)
  return outcome
}
