import type { CallRecord } from '../call/call-record.ts'
import { countTokens } from '../call/count-tokens.ts'
import type { SimState } from '../call/sim-state.ts'
import { speak } from '../call/speak.ts'
import { subjectOf } from '../call/subject-of.ts'
import type { FaultKind } from '../config/fault-config.ts'
import { doorError, servedError } from '../faults/error-of-fault.ts'
import { costUsd } from '../limits/spend-cap.ts'
import { anthropicMessages } from '../wires/anthropic-messages.ts'
import { openAiChat } from '../wires/openai-chat.ts'
import { openAiResponses } from '../wires/openai-responses.ts'
import type { Asked, ErrorKind, Wire } from '../wires/wire.ts'
import type { BatchOutcome, BatchRequest } from './batches.ts'

export const BATCH_WIRES = new Map<string, Wire>(
  [anthropicMessages, openAiChat, openAiResponses].map((wire) => [wire.path, wire]),
)

/** A connection cannot break inside a batch; what would break it is an error of the service there. */
const BROKEN: ReadonlySet<FaultKind> = new Set([
  'html-error',
  'hang-before-headers',
  'hang-in-body',
  'reset',
  'reset-in-body',
  'slow-drip',
  'broken-body',
  'error-after-200',
])

/** Answers one request of a batch, at the price of batches, or fails it as planned; writes it down in `call`. */
export function answerRequest(
  state: SimState,
  { path, body }: BatchRequest,
  call: CallRecord,
): BatchOutcome {
  const wire = BATCH_WIRES.get(path)
  const asked = wire && tryRead(wire, body)
  const requestId = `batch${call.n}`
  if (!wire || !asked) {
    call.verdict = 'refused'
    call.refusedBy = 'invalid'
    const { status, body: error } = (wire ?? openAiChat).vendor.error('invalid', { requestId })
    return { type: 'errored', status, body: error }
  }
  const { definition, packed, attempt, facts } = subjectOf(state, asked.user)
  const { account } = call
  const target = { account, model: asked.model, definition, attempt, nowMs: state.clock.nowMs() }
  const fault = state.faults.pick(target)
  const inputTokens =
    countTokens(state.config, asked.model, asked.system) +
    countTokens(state.config, asked.model, asked.user)
  Object.assign(call, {
    model: asked.model,
    ...facts,
    fault: fault?.kind,
    maxTokens: asked.maxTokens,
    inputTokens,
  } satisfies Partial<CallRecord>)
  const failure = failureOf(fault?.kind)
  if (failure) {
    call.verdict = 'fault'
    return { type: 'errored', ...wire.vendor.error(failure, { requestId, model: asked.model }) }
  }
  const said = speak({ state, asked, definition, packed, fault, call, requestId })
  call.outputTokens = said.outputTokens
  call.status = 200
  call.verdict = 'answered'
  call.costUsd = costUsd(state.config.prices, call) * state.config.batches.priceShare
  state.spend.charge(account, call.costUsd)
  return { type: 'succeeded', body: wire.answer(said, asked) }
}

function failureOf(fault: FaultKind | undefined): ErrorKind | undefined {
  if (fault && BROKEN.has(fault)) return 'server'
  return doorError(fault) ?? servedError(fault)
}

function tryRead(wire: Wire, body: unknown): Asked | undefined {
  try {
    const asked = wire.read(body)
    return asked.stream ? undefined : asked
  } catch {
    return undefined
  }
}
