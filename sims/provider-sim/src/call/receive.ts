import { cacheId } from '../cache/prompt-cache.ts'
import { readBody } from '../read-body.ts'
import { keyOf, type Asked } from '../wires/wire.ts'
import type { CallRecord } from './call-record.ts'
import { countTokens } from './count-tokens.ts'
import type { Exchange, Incoming } from './exchange.ts'
import { endCall } from './end-call.ts'
import { newCall } from './new-call.ts'
import { refuse, type Refused } from './refuse.ts'
import type { SimState } from './sim-state.ts'
import { subjectOf } from './subject-of.ts'

/** Reads a call and writes it down; answers undefined when it was refused for its key or its form. */
export async function receive(incoming: Incoming): Promise<Exchange | undefined> {
  const { state, wire, request, response } = incoming
  const call = newCall(state, wire.path)
  const over = new AbortController()
  response.once('close', () => over.abort())
  const text = await readBody(request)
  const account = state.accounts.nameOf(keyOf(request.headers))
  const asked = account === undefined ? undefined : tryRead(incoming, text)
  if (asked === undefined || account === undefined) {
    response.once('close', () => endCall(state, call))
    // A real provider echoes part of a key; so do we, to prove that it is scrubbed.
    const message = `Incorrect API key provided: ${keyOf(request.headers)}`
    const wrongKey: Refused = { kind: 'auth', refusedBy: 'auth', message }
    refuse(
      { ...incoming, call },
      account === undefined ? wrongKey : { kind: 'invalid', refusedBy: 'invalid' },
    )
    return undefined
  }
  return understand({ ...incoming, call, over: over.signal }, account, asked)
}

/** Says what the call is about, how often it was asked, and what it costs. */
function understand(
  incoming: Incoming & { call: CallRecord; over: AbortSignal },
  account: string,
  asked: Asked,
): Exchange {
  const { state, call } = incoming
  const { definition, packed, attempt, facts } = subjectOf(state, asked.user)
  const nowMs = state.clock.nowMs()
  const target = { account, model: asked.model, definition, attempt, nowMs }
  const fault = state.faults.pick(target)
  const cacheEntry = cacheId(`${account}|${asked.model}`, asked.cacheable?.text ?? '', asked.schema)
  Object.assign(call, {
    account,
    model: asked.model,
    ...facts,
    fault: fault?.kind,
    maxTokens: asked.maxTokens,
    inFlight: state.inFlight.total + 1,
    accountInFlight: state.inFlight.of(account) + 1,
    ...inputOf(state, asked, cacheEntry, nowMs),
  } satisfies Partial<CallRecord>)
  return {
    ...incoming,
    asked,
    definition,
    packed,
    fault,
    cacheEntry,
    verdict: undefined,
    isSettled: false,
  }
}

/** Tokens of the question: those read from the prompt cache, those written to it, and the rest. */
function inputOf(state: SimState, asked: Asked, cacheEntry: string, nowMs: number) {
  const { config, cache } = state
  const { cacheable } = asked
  const count = (text: string): number => countTokens(config, asked.model, text)
  const whole = count(asked.system) + count(asked.user)
  const prefix = cacheable ? cache.countable(count(cacheable.text), cacheable.step) : 0
  const cachedTokens = cacheable ? cache.read(cacheEntry, { tokens: prefix, cacheable }, nowMs) : 0
  return {
    inputTokens: Math.max(0, whole - prefix),
    cacheWriteTokens: prefix - cachedTokens,
    cachedTokens,
  }
}

function tryRead({ wire }: Incoming, text: string): Asked | undefined {
  try {
    return wire.read(JSON.parse(text))
  } catch {
    return undefined
  }
}
