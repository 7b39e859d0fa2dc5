import type { AppError } from '@capstan/shared/errors'
import type { ProblemCode } from '@capstan/shared/contract/problem'
import { asProblem } from '../plugins/errors.ts'

const API_VERSION = 'v1'

interface Meta {
  timestamp: string
  /** Also in X-Request-Id and in the log. */
  requestId: string
  version: string
}

/** The frame around every answer that is none of a failure. */
export function envelope<T>(data: T, requestId: string) {
  return { success: true as const, data, meta: metaOf(requestId) }
}

/** The frame around a request that failed as such, with the members of the problem that have no place in it. */
export function errorEnvelope(error: AppError, requestId: string) {
  const { code, detail, title, hint, retryable, retryAfterMs, errors, requiredScope } = asProblem(
    error,
    requestId,
  )
  return {
    success: false as const,
    error: {
      code: codeOf(code),
      message: detail ?? title,
      details: { hint, retryable, retryAfterMs, errors, requiredScope },
    },
    meta: metaOf(requestId),
  }
}

const CODES: Partial<Record<ProblemCode, string>> = {
  NOT_FOUND: 'TOOL_NOT_FOUND',
  VALIDATION: 'INVALID_REQUEST',
  INTERNAL: 'EXECUTION_ERROR',
}

function codeOf(code: ProblemCode): string {
  return CODES[code] ?? code
}

function metaOf(requestId: string): Meta {
  return { timestamp: new Date().toISOString(), requestId, version: API_VERSION }
}
