import type { CallRecord } from '../call/call-record.ts'
import { countTokens } from '../call/count-tokens.ts'
import type { SimState } from '../call/sim-state.ts'
import { composeAnswer } from '../call/compose-answer.ts'
import { identifySubject } from '../call/identify-subject.ts'
import type { FaultKind } from '../config/fault-config.ts'
import { findImmediateError, findLateError } from '../faults/fault-errors.ts'
import { computeSpendUsd } from '../limits/spend-cap.ts'
import { anthropicMessages } from '../wires/anthropic-messages.ts'
import { openAiChat } from '../wires/openai-chat.ts'
import { openAiResponses } from '../wires/openai-responses.ts'
import type { SimRequest, ErrorKind, WireFormat } from '../wires/wire.ts'
import type { BatchOutcome, BatchRequest } from './batches.ts'

export const BATCH_WIRES = new Map<string, WireFormat>(
  [anthropicMessages, openAiChat, openAiResponses].map((wire) => [wire.path, wire]),
)

/** Inside a batch there is no connection to break, so these faults become errors of the service. */
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

/** Answers one request of a batch at the batch price, or fails it as configured. Records the result in `call`. */
export function answerBatchRequest(
  state: SimState,
  { path, body }: BatchRequest,
  call: CallRecord,
): BatchOutcome {
  const wire = BATCH_WIRES.get(path)
  const modelRequest = wire && tryRead(wire, body)
  const requestId = `batch${call.n}`
  if (!wire || !modelRequest) {
    call.verdict = 'refused'
    call.refusedBy = 'invalid'
    const { status, body: error } = (wire ?? openAiChat).vendor.error('invalid', { requestId })
    return { type: 'errored', status, body: error }
  }
  const { model, system, user, maxTokens } = modelRequest
  const { definition, labelled, attempt, facts } = identifySubject(state, user)
  const { account } = call
  const nowMs = state.clock.nowMs()
  const fault = state.faults.pick({ account, model, definition, attempt, nowMs })
  const inputTokens =
    countTokens(state.config, model, system) + countTokens(state.config, model, user)
  Object.assign(call, {
    model,
    ...facts,
    fault: fault?.kind,
    maxTokens,
    inputTokens,
  } satisfies Partial<CallRecord>)
  const failure = toErrorKind(fault?.kind)
  if (failure) {
    call.verdict = 'fault'
    return { type: 'errored', ...wire.vendor.error(failure, { requestId, model }) }
  }
  const subject = { definition, labelled, fault }
  const modelAnswer = composeAnswer({ state, modelRequest, ...subject, call, requestId })
  call.outputTokens = modelAnswer.outputTokens
  call.status = 200
  call.verdict = 'answered'
  call.costUsd = computeSpendUsd(state.config.prices, call) * state.config.batches.priceShare
  state.spend.charge(account, call.costUsd)
  return { type: 'succeeded', body: wire.answer(modelAnswer, modelRequest) }
}

function toErrorKind(fault: FaultKind | undefined): ErrorKind | undefined {
  if (fault && BROKEN.has(fault)) return 'server'
  return findImmediateError(fault) ?? findLateError(fault)
}

function tryRead(wire: WireFormat, body: unknown): SimRequest | undefined {
  try {
    const modelRequest = wire.read(body)
    return modelRequest.stream ? undefined : modelRequest
  } catch {
    return undefined
  }
}
