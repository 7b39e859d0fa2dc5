import { findImmediateError } from '../faults/fault-errors.ts'
import { endAdmitted, endCall } from './end-call.ts'
import type { CallExchange } from './call-exchange.ts'
import { refuseCall, type CallRefusal } from './refuse-call.ts'

/** Admits a call, or rejects it and returns false. A rejected call takes nothing from any limit. */
export async function admitCall(exchange: CallExchange): Promise<boolean> {
  const { state, call, response, fault } = exchange
  const refused = findRefusal(exchange)
  if (refused) {
    response.once('close', () => endCall(state, call))
    await state.clock.wait(fault?.afterMs ?? 0, exchange.closed)
    if (fault) await state.holds.waitForRelease(exchange.definition, call.attempt, exchange.closed)
    refuseCall(exchange, refused)
    return false
  }
  state.ramps.of(call.account)?.admit(state.clock.nowMs())
  state.inFlight.enter(call.account)
  response.once('close', () => endAdmitted(exchange))
  return true
}

function findRefusal(exchange: CallExchange): CallRefusal | undefined {
  return (
    checkFaults(exchange) ??
    checkCapacity(exchange) ??
    checkSpend(exchange) ??
    checkConcurrency(exchange) ??
    checkRamp(exchange) ??
    checkBuckets(exchange)
  )
}

function checkFaults({ fault }: CallExchange): CallRefusal | undefined {
  const kind = findImmediateError(fault?.kind)
  if (!fault || !kind) return undefined
  if (kind !== 'rate' && kind !== 'ramp') return { kind, refusedBy: 'fault' }
  const isWait = typeof fault.retryAfter === 'number'
  return {
    kind,
    refusedBy: 'fault',
    retryAfterMs: isWait ? Number(fault.retryAfter) * 1000 : 5000,
    retryAfterStyle: isWait ? 'exact' : fault.retryAfter,
  }
}

const BEYOND = {
  overloaded: 'overloaded',
  unavailable: 'unavailable',
  'server-error': 'server',
} as const

/** The hidden capacity of the whole service. */
function checkCapacity({ state }: CallExchange): CallRefusal | undefined {
  const { capacity } = state.config
  if (!capacity || state.inFlight.total < capacity.concurrent) return undefined
  return { kind: BEYOND[capacity.beyond], refusedBy: 'capacity' }
}

const SPENT = {
  tier: 'spend',
  contract: 'contract-spend',
  user: 'user-spend',
  credit: 'quota',
} as const

function checkSpend({ state, call }: CallExchange): CallRefusal | undefined {
  const setBy = state.spend.reached(call.account)
  return setBy && { kind: SPENT[setBy], refusedBy: 'spend' }
}

function checkConcurrency({ state, call }: CallExchange): CallRefusal | undefined {
  const most = state.limits.limitsOf(call.account, call.model, state.clock.nowMs())?.maxConcurrent
  if (most === undefined || state.inFlight.of(call.account) < most) return undefined
  return { kind: 'concurrency', refusedBy: 'concurrency', retryAfterMs: 1000 }
}

function checkRamp({ state, call }: CallExchange): CallRefusal | undefined {
  const waitMs = state.ramps.of(call.account)?.waitMs(state.clock.nowMs()) ?? 0
  return waitMs > 0 ? { kind: 'ramp', refusedBy: 'ramp', retryAfterMs: waitMs } : undefined
}

function checkBuckets(exchange: CallExchange): CallRefusal | undefined {
  const { state, call, modelRequest, wire } = exchange
  const verdict = state.limits.admit(
    {
      account: call.account,
      model: call.model,
      defaultGroup: modelRequest.embed ? 'embeddings' : 'default',
      cost: {
        inputTokens: call.inputTokens + call.cacheWriteTokens,
        cachedTokens: call.cachedTokens,
        maxTokens: call.maxTokens,
      },
      reserves: wire.vendor.reservesMaxTokens,
    },
    state.clock.nowMs(),
  )
  exchange.verdict = verdict
  call.group = verdict.group
  call.buckets = verdict.levels
  const { refusedBy, retryAfterMs } = verdict
  return refusedBy && { kind: 'rate', refusedBy, retryAfterMs, bucket: refusedBy }
}
