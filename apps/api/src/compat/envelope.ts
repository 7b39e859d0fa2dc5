import type { AppError } from '@capstan/shared/errors'
import type { ProblemCode } from '@capstan/shared/contract/problem'
import { toProblem } from '../plugins/errors.ts'

const API_VERSION = 'v1'

interface Meta {
  timestamp: string
  /** Same id as in X-Request-Id and in the log. */
  requestId: string
  version: string
}

/** Wraps a result in the response format of dot-ai. */
export function wrapResult<T>(data: T, requestId: string) {
  return { success: true as const, data, meta: createMeta(requestId) }
}

/** Wraps an error in the response format of dot-ai, with the other members of the problem in `details`. */
export function wrapError(error: AppError, requestId: string) {
  const { code, detail, title, hint, retryable, retryAfterMs, errors, requiredScope } = toProblem(
    error,
    requestId,
  )
  return {
    success: false as const,
    error: {
      code: toCompatCode(code),
      message: detail ?? title,
      details: { hint, retryable, retryAfterMs, errors, requiredScope },
    },
    meta: createMeta(requestId),
  }
}

const CODES: Partial<Record<ProblemCode, string>> = {
  NOT_FOUND: 'TOOL_NOT_FOUND',
  VALIDATION: 'INVALID_REQUEST',
  INTERNAL: 'EXECUTION_ERROR',
}

function toCompatCode(code: ProblemCode): string {
  return CODES[code] ?? code
}

function createMeta(requestId: string): Meta {
  return { timestamp: new Date().toISOString(), requestId, version: API_VERSION }
}
