import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { ItemError } from '@capstan/shared/errors'
import { totalTokens } from '@capstan/shared/inference/add-usage'
import { ANSWER_TOKENS } from '@capstan/shared/inference/answer-tokens'
import { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import type { Question } from '@capstan/shared/inference/types'
import { classifyCallOutcome } from '@capstan/limits/limiter/classify-call-outcome'
import { ModelCallError } from './model-call-error.ts'
import { createLedger, type LedgerEntry } from './ledger.ts'
import type { CallRequest, Stage } from './model-call.ts'

/** Writes one call into the ledger, whether it is answered or fails. From here on the call counts as sent. */
export const withCallRecord: Stage = (next) => async (request) => {
  const { signal, progress } = request
  signal.throwIfAborted()
  const sentAt = performance.now()
  progress.sent(request)
  try {
    const result = await next(request)
    const { usage, durationMs } = result.answer
    const call = { ...createRecord(request, sentAt), outcome: 'answered', usage, durationMs }
    return { ...result, spent: createLedger(call) }
  } catch (cause) {
    throw new ModelCallError(cause, createLedger(describeFailedCall(request, sentAt, cause)))
  }
}

function createRecord({ route, admitted, kind }: CallRequest, sentAt: number) {
  return { route, target: admitted?.target ?? null, kind, source: 'call' as const, sentAt }
}

/** The provider may charge an aborted call, but no answer reports its usage. */
function describeFailedCall(request: CallRequest, sentAt: number, cause: unknown): LedgerEntry {
  const failure = classifyCallOutcome(cause)
  const isCutOff = failure.kind === 'aborted' || failure.kind === 'timeout'
  return {
    ...createRecord(request, sentAt),
    outcome: nameOutcome(cause),
    failure,
    isCutOff,
    usage: isCutOff ? estimateUsage(request.question) : NO_USAGE,
    durationMs: Math.round(performance.now() - sentAt),
  }
}

function nameOutcome(cause: unknown): string {
  if (cause instanceof DialectRefusal) return 'dialect_refused'
  return cause instanceof ItemError ? cause.reason : 'aborted'
}

function estimateUsage({ system, user, maxOutputTokens, types }: Question): Usage {
  const usage = {
    inputTokens: estimateTokens(system + user),
    cachedTokens: 0,
    outputTokens: Math.min(maxOutputTokens, types * ANSWER_TOKENS),
  }
  return { ...usage, estimatedTokens: totalTokens(usage) }
}
