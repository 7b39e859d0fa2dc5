import { text as readText } from 'node:stream/consumers'
import { computeCacheId } from '../cache/prompt-cache.ts'
import { readKey, type SimRequest } from '../wires/wire.ts'
import type { CallRecord } from './call-record.ts'
import { countTokens } from './count-tokens.ts'
import type { CallExchange, CallConnection } from './call-exchange.ts'
import { endCall } from './end-call.ts'
import { recordCall } from './record-call.ts'
import { refuseCall, type CallRefusal } from './refuse-call.ts'
import type { SimState } from './sim-state.ts'
import { identifySubject } from './identify-subject.ts'

/** Reads and records a call. Returns undefined when it was rejected for its key or its body. */
export async function receiveCall(incoming: CallConnection): Promise<CallExchange | undefined> {
  const { state, wire, request, response } = incoming
  const call = recordCall(state, wire.path)
  const closed = new AbortController()
  response.once('close', () => closed.abort())
  const text = await readText(request)
  const account = state.accounts.findName(readKey(request.headers))
  const modelRequest = account === undefined ? undefined : tryRead(incoming, text)
  if (modelRequest === undefined || account === undefined) {
    response.once('close', () => endCall(state, call))
    // Real providers echo part of a key. The simulator does as well, so that tests can prove scrubbing.
    const message = `Incorrect API key provided: ${readKey(request.headers)}`
    const wrongKey: CallRefusal = { kind: 'auth', refusedBy: 'auth', message }
    refuseCall(
      { ...incoming, call },
      account === undefined ? wrongKey : { kind: 'invalid', refusedBy: 'invalid' },
    )
    return undefined
  }
  return describeCall({ ...incoming, call, closed: closed.signal }, account, modelRequest)
}

/** Determines subject, attempt and cost of a call. */
function describeCall(
  incoming: CallConnection & { call: CallRecord; closed: AbortSignal },
  account: string,
  modelRequest: SimRequest,
): CallExchange {
  const { state, call } = incoming
  const { definition, labelled, attempt, facts } = identifySubject(state, modelRequest.user)
  const nowMs = state.clock.nowMs()
  const target = { account, model: modelRequest.model, definition, attempt, nowMs }
  const fault = state.faults.pick(target)
  const cacheEntry = computeCacheId(
    `${account}|${modelRequest.model}`,
    modelRequest.cacheable?.text ?? '',
    modelRequest.schema,
  )
  Object.assign(call, {
    account,
    model: modelRequest.model,
    ...facts,
    fault: fault?.kind,
    maxTokens: modelRequest.maxTokens,
    inFlight: state.inFlight.total + 1,
    accountInFlight: state.inFlight.of(account) + 1,
    ...countInput(state, modelRequest, cacheEntry, nowMs),
  } satisfies Partial<CallRecord>)
  return {
    ...incoming,
    modelRequest,
    definition,
    labelled,
    fault,
    cacheEntry,
    verdict: undefined,
    isSettled: false,
  }
}

/** Prompt tokens: read from the cache, written to the cache, and the rest. */
function countInput(state: SimState, modelRequest: SimRequest, cacheEntry: string, nowMs: number) {
  const { config, cache } = state
  const { cacheable } = modelRequest
  const count = (text: string): number => countTokens(config, modelRequest.model, text)
  const whole = count(modelRequest.system) + count(modelRequest.user)
  const prefix = cacheable ? cache.countable(count(cacheable.text), cacheable.step) : 0
  const cachedTokens = cacheable ? cache.read(cacheEntry, { tokens: prefix, cacheable }, nowMs) : 0
  return {
    inputTokens: Math.max(0, whole - prefix),
    cacheWriteTokens: prefix - cachedTokens,
    cachedTokens,
  }
}

function tryRead({ wire }: CallConnection, text: string): SimRequest | undefined {
  try {
    return wire.read(JSON.parse(text))
  } catch {
    return undefined
  }
}
