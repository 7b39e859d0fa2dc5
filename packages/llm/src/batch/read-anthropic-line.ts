import { z } from 'zod'
import type { BatchAnswer } from '@capstan/shared/inference/batch-types'
import { readAnthropicReply } from '../anthropic-model.ts'
import { classifyCallError } from '../classify-call-error.ts'
import { ErrorInAnswer, rejectErrorInAnswer } from '../error-in-answer.ts'
import type { EndpointDescription } from '../errors/endpoint-description.ts'
import type { ResultLine } from './read-result-lines.ts'

const Line = z.object({
  custom_id: z.string(),
  result: z.discriminatedUnion('type', [
    z.object({ type: z.literal('succeeded'), message: z.unknown() }),
    z.object({ type: z.literal('errored'), error: z.unknown() }),
    z.object({ type: z.literal('canceled') }),
    z.object({ type: z.literal('expired') }),
  ]),
})

const NO_HEADERS = new Headers()

/** Reads a result line of a batch. Undefined for a line without a question. */
export function readAnthropicLine(
  line: ResultLine,
  endpoint: EndpointDescription,
): BatchAnswer | undefined {
  if (line.outcome === 'unreadable') {
    return { id: line.id, outcome: 'failed', error: classifyCallError(line.why, endpoint) }
  }
  const { data } = Line.safeParse(line.value)
  if (!data) return undefined
  const { custom_id: id, result } = data
  if (result.type === 'canceled' || result.type === 'expired') {
    return { id, outcome: 'unserved', because: result.type }
  }
  try {
    if (result.type === 'errored') throw createLineError(result.error)
    rejectErrorInAnswer(result.message, { status: 200, headers: NO_HEADERS })
    return {
      id,
      outcome: 'answered',
      answer: { ...readAnthropicReply(result.message, null), durationMs: 0 },
    }
  } catch (thrown) {
    return { id, outcome: 'failed', error: classifyCallError(thrown, endpoint) }
  }
}

const TypedError = z.object({ error: z.object({ type: z.string() }) })

function createLineError(error: unknown): ErrorInAnswer {
  const type = TypedError.safeParse(error).data?.error.type ?? ''
  return new ErrorInAnswer(error, { status: mapErrorType(type), headers: NO_HEADERS })
}

/** The status of the same error in a single call. A batch line has none. */
function mapErrorType(type: string): number {
  return STATUSES[type] ?? 500
}

const STATUSES: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
}
