import { doorError } from '../faults/error-of-fault.ts'
import { endAdmitted, endCall } from './end-call.ts'
import type { Exchange } from './exchange.ts'
import { refuse, type Refused } from './refuse.ts'

/** Lets a call in, or refuses it and answers false. A refused call takes nothing from any limit. */
export async function admit(exchange: Exchange): Promise<boolean> {
  const { state, call, response, fault } = exchange
  const refused = findRefusal(exchange)
  if (refused) {
    response.once('close', () => endCall(state, call))
    await state.clock.wait(fault?.afterMs ?? 0, exchange.over)
    if (fault) await state.holds.released(exchange.definition, call.attempt, exchange.over)
    refuse(exchange, refused)
    return false
  }
  state.ramps.of(call.account)?.admit(state.clock.nowMs())
  state.inFlight.enter(call.account)
  response.once('close', () => endAdmitted(exchange))
  return true
}

function findRefusal(exchange: Exchange): Refused | undefined {
  return (
    planned(exchange) ??
    beyondCapacity(exchange) ??
    spentUp(exchange) ??
    tooMany(exchange) ??
    tooFast(exchange) ??
    beyondBuckets(exchange)
  )
}

function planned({ fault }: Exchange): Refused | undefined {
  const kind = doorError(fault?.kind)
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

/** The hidden limit of the whole service. */
function beyondCapacity({ state }: Exchange): Refused | undefined {
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

function spentUp({ state, call }: Exchange): Refused | undefined {
  const setBy = state.spend.reached(call.account)
  return setBy && { kind: SPENT[setBy], refusedBy: 'spend' }
}

function tooMany({ state, call }: Exchange): Refused | undefined {
  const most = state.limits.limitsOf(call.account, call.model, state.clock.nowMs())?.maxConcurrent
  if (most === undefined || state.inFlight.of(call.account) < most) return undefined
  return { kind: 'concurrency', refusedBy: 'concurrency', retryAfterMs: 1000 }
}

function tooFast({ state, call }: Exchange): Refused | undefined {
  const waitMs = state.ramps.of(call.account)?.waitMs(state.clock.nowMs()) ?? 0
  return waitMs > 0 ? { kind: 'ramp', refusedBy: 'ramp', retryAfterMs: waitMs } : undefined
}

function beyondBuckets(exchange: Exchange): Refused | undefined {
  const { state, call, asked, wire } = exchange
  const verdict = state.limits.admit(
    {
      account: call.account,
      model: call.model,
      defaultGroup: asked.embed ? 'embeddings' : 'default',
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
