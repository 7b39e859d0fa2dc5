import type { ProblemCode } from '@capstan/shared/contract/problem'
import { AppError } from '@capstan/shared/errors'
import {
  classifyRedisReply,
  describeRedisFault,
  type RedisMemory,
} from '@capstan/shared/redis-fault'
import { InvalidRequest } from '../validation/invalid-request.ts'
import { invalidRequestError } from '../validation/request-fault.ts'
import { isRedisError } from './is-redis-error.ts'

/** Errors of Fastify with their problem code, detail and hint. */
const FRAMEWORK: Record<string, [ProblemCode, string, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'PAYLOAD_TOO_LARGE',
    'The body is too large',
    'Send at most 256 KiB of JSON.',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'UNSUPPORTED_MEDIA_TYPE',
    'The media type of the body is not supported',
    'Send JSON with `Content-Type: application/json`.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    'VALIDATION',
    'The body is not valid JSON',
    'Check quotes, commas and braces. `__proto__` and `constructor.prototype` are not allowed as keys.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'VALIDATION',
    'The length of the body differs from Content-Length',
    'Let the HTTP client compute Content-Length.',
  ],
  FST_ERR_BAD_URL: [
    'VALIDATION',
    'The path cannot be decoded',
    'Percent-encode the path (RFC 3986). A single `%` is `%25`.',
  ],
}

/** Maps any thrown value to the AppError for the caller. INTERNAL hides the cause. */
export function classifyError(
  error: unknown,
  isRedisReady: boolean,
  redisMemory?: RedisMemory,
): AppError {
  if (error instanceof AppError) return error
  if (error instanceof InvalidRequest) return toValidationError(error)
  if (isRedisError(error, isRedisReady)) return redisUnavailableError(error, redisMemory)
  const code = readErrorCode(error)
  const known = code === undefined ? undefined : FRAMEWORK[code]
  if (known) return new AppError(known[0], known[1], { hint: known[2], cause: error })
  if (readStatus(error) >= 400 && readStatus(error) < 500) {
    const hint = 'Compare the request with /openapi.json.'
    return new AppError('VALIDATION', 'The request cannot be read', { hint, cause: error })
  }
  return new AppError('INTERNAL', 'Internal server error', {
    hint: 'Try again. If the error persists, search the log of the API for the request id.',
    retryable: true,
    cause: error,
  })
}

/** Creates the error of a request that failed because of Redis. */
function redisUnavailableError(cause: unknown, memory: RedisMemory | undefined): AppError {
  const { detail, hint } = describeRedisFault(classifyRedisReply(cause) ?? 'unreachable', memory)
  return new AppError('REDIS_UNAVAILABLE', detail, {
    hint,
    retryable: true,
    retryAfterMs: 2_000,
    cause,
  })
}

const PARTS = { querystring: 'query', params: 'path', headers: 'header' } as const

/** Creates the problem of an invalid part of a request. An invalid path parameter is NOT_FOUND. */
function toValidationError({ validationContext = 'body', faults }: InvalidRequest): AppError {
  if (validationContext === 'params') {
    const reasons = faults.map(({ pointer, detail }) => `\`${pointer.slice(2)}\` ${detail}`)
    return new AppError('NOT_FOUND', 'The path does not exist', {
      hint: `Path parameters: ${reasons.join('; ')}.`,
    })
  }
  if (validationContext === 'body') return invalidRequestError('body', faults)
  return invalidRequestError(PARTS[validationContext], faults)
}

function readErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof SyntaxError) return 'FST_ERR_CTP_INVALID_JSON_BODY'
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function readStatus(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' ? status : 500
}
