import type { CallRecord } from './call-record.ts'
import type { SimState } from './sim-state.ts'

/** Records the arrival of a call, before anything about it is known. */
export function recordCall(state: SimState, endpoint: string): CallRecord {
  const call: CallRecord = {
    n: state.calls.length + 1,
    arrivedMs: Date.now(),
    endedMs: null,
    atSimMs: Math.round(state.clock.nowMs()),
    endpoint,
    account: '',
    group: '',
    model: '',
    subject: '',
    types: 1,
    attempt: 0,
    latencyMs: 0,
    verdict: 'pending',
    fault: undefined,
    refusedBy: undefined,
    retryAfterMs: undefined,
    status: null,
    inFlight: state.inFlight.total + 1,
    accountInFlight: 0,
    inputTokens: 0,
    cacheWriteTokens: 0,
    cachedTokens: 0,
    outputTokens: 0,
    maxTokens: 0,
    costUsd: 0,
    buckets: [],
  }
  state.calls.push(call)
  return call
}
