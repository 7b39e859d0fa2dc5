import type { Dialect } from '@capstan/shared/inference/dialect'
import type { UnestimatedAnswer } from '@capstan/shared/inference/batch-types'
import { completeUsage, estimateUsage } from '@capstan/shared/inference/complete-usage'
import type { ModelAnswer, Question } from '@capstan/shared/inference/types'
import { withCallTimeout } from '../call-timeout.ts'
import { classifyCallError } from '../classify-call-error.ts'
import type { EndpointDescription } from '../errors/endpoint-description.ts'
import { findDialectRefusal } from './find-dialect-refusal.ts'
import type { ApiDialects } from './next-dialects.ts'

interface CallOptions {
  dialects: ApiDialects
  dialect: Dialect
  question: Question
  endpoint: EndpointDescription
  timeoutMs: number
  signal: AbortSignal
}

/**
 * Makes one call in a dialect, with a timeout and the signal of the caller. Throws DialectRefusal when the endpoint refuses the
 * form of the request, otherwise ItemError, or the reason of the signal.
 */
export async function callInDialect(
  { dialects, dialect, question, endpoint, timeoutMs, signal }: CallOptions,
  call: (signal: AbortSignal) => Promise<Omit<UnestimatedAnswer, 'durationMs'>>,
): Promise<ModelAnswer> {
  const startedMs = performance.now()
  try {
    const reply = await withCallTimeout(timeoutMs, signal, call)
    const usage = completeUsage(reply.usage, estimateUsage(question, reply))
    return { ...reply, usage, durationMs: Math.round(performance.now() - startedMs) }
  } catch (error) {
    signal.throwIfAborted()
    const original = classifyCallError(error, endpoint)
    throw findDialectRefusal(error, { dialects, dialect, original }) ?? original
  }
}
