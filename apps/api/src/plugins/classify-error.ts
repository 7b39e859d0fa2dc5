import type { FastifyError } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { ProblemCode } from '@capstan/shared/contract/problem'
import { AppError } from '@capstan/shared/errors'
import {
  classifyRedisReply,
  describeRedisFault,
  type RedisMemory,
} from '@capstan/shared/redis/redis-fault'
import { isRedisTrouble } from './redis-trouble.ts'

/** What Fastify itself refuses: its code, ours, and what we tell the caller. */
const FRAMEWORK: Record<string, [ProblemCode, string, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'PAYLOAD_TOO_LARGE',
    'The body is larger than this server takes',
    'Send at most 256 KiB; patterns such as `*.example.com` replace long lists.',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'UNSUPPORTED_MEDIA_TYPE',
    'The body is of a media type this server does not read',
    'Send JSON with `Content-Type: application/json`.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    'VALIDATION',
    'The body is not valid JSON',
    'Check quotes, commas and braces; `__proto__` and `constructor.prototype` are not taken as keys.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'VALIDATION',
    'The body has another length than Content-Length says',
    'Let the HTTP client compute Content-Length.',
  ],
  FST_ERR_BAD_URL: [
    'VALIDATION',
    'The path cannot be decoded',
    'Percent-encode the path as RFC 3986 says; a lone `%` is `%25`.',
  ],
}

/** Any thrown thing as the AppError that the caller is told about. INTERNAL hides what it was. */
export function classifyError(
  error: unknown,
  redisReady: boolean,
  redisMemory?: RedisMemory,
): AppError {
  if (error instanceof AppError) return error
  if (hasZodFastifySchemaValidationErrors(error)) return asValidation(error)
  if (isRedisTrouble(error, redisReady)) return redisUnavailable(error, redisMemory)
  const code = errorCode(error)
  const known = code === undefined ? undefined : FRAMEWORK[code]
  if (known) return new AppError(known[0], known[1], { hint: known[2], cause: error })
  if (statusOf(error) >= 400 && statusOf(error) < 500) {
    const hint = 'Compare the request with /openapi.json.'
    return new AppError('VALIDATION', 'The request cannot be read', { hint, cause: error })
  }
  return new AppError('INTERNAL', 'Something went wrong on our side', {
    hint: 'Try again; if it stays, look up the request id in the log of the API.',
    retryable: true,
    cause: error,
  })
}

/** For every way in which Redis can fail a request. */
function redisUnavailable(cause: unknown, memory: RedisMemory | undefined): AppError {
  const { detail, hint } = describeRedisFault(classifyRedisReply(cause) ?? 'unreachable', memory)
  return new AppError('REDIS_UNAVAILABLE', detail, {
    hint,
    retryable: true,
    retryAfterMs: 2_000,
    cause,
  })
}

function asValidation(error: unknown): AppError {
  // Checked by hasZodFastifySchemaValidationErrors, whose type says less than it knows.
  const { validation = [], validationContext } = error as FastifyError
  const where = validationContext ?? 'body'
  if (where === 'params') {
    return new AppError('NOT_FOUND', 'There is nothing under this path', {
      hint: 'Scan ids look like `scan_` and 32 hexadecimal digits; lists give them.',
    })
  }
  const errors = validation.flatMap((issue) => pointersOf(where, issue))
  return new AppError('VALIDATION', `The ${where} does not fit`, {
    hint: 'See `errors` for each fault and /docs for what is allowed.',
    extra: { errors: errors.slice(0, 50) },
  })
}

interface Issue {
  instancePath: string
  message?: string
  params?: Record<string, unknown>
}

function pointersOf(where: string, issue: Issue): { pointer: string; detail: string }[] {
  const prefix = where === 'body' ? '#' : where
  const path = issue.instancePath === '/' ? '' : issue.instancePath
  const unknown = issue.params?.['keys']
  if (Array.isArray(unknown)) {
    return unknown.map((key) => ({
      pointer: `${prefix}${path}/${String(key).slice(0, 100)}`,
      detail: 'is not a known field',
    }))
  }
  return [{ pointer: `${prefix}${path}`, detail: (issue.message ?? 'is not valid').slice(0, 300) }]
}

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof SyntaxError) return 'FST_ERR_CTP_INVALID_JSON_BODY'
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' ? status : 500
}
