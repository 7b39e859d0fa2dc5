import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem, type ProblemCode } from '@capstan/shared/contract/problem'
import type { AppError } from '@capstan/shared/errors'
import type { RedisMemory } from '@capstan/shared/redis/redis-fault'
import { plainText } from '@capstan/shared/text/plain-text'
import type { App } from '../app-types.ts'
import { classifyError } from './classify-error.ts'

/** The only place where a code gets its HTTP status. */
const STATUS: Record<ProblemCode, number> = {
  VALIDATION: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  SCAN_CONFLICT: 409,
  IDEMPOTENCY_IN_PROGRESS: 409,
  WRONG_STATE: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_MISMATCH: 422,
  UNKNOWN_RESOURCES: 422,
  PROVIDER_NOT_CONFIGURED: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  PROVIDER_UNAVAILABLE: 502,
  PROVIDER_AUTH: 502,
  PROVIDER_QUOTA: 502,
  PROVIDER_MODEL_UNKNOWN: 502,
  CLUSTER_UNREACHABLE: 502,
  CLUSTER_FORBIDDEN: 502,
  CLUSTER_MISCONFIGURED: 502,
  TOO_MANY_STREAMS: 503,
  OVERLOADED: 503,
  REDIS_UNAVAILABLE: 503,
  DRAINING: 503,
}

export interface ErrorOptions {
  redisReady: () => boolean
  /** By the last look at Redis: the figures of an answer that Redis is full. */
  redisMemory: () => RedisMemory | undefined
}

/** Makes every failure of every route a problem document (RFC 9457). */
export function installErrors(app: App, { redisReady, redisMemory }: ErrorOptions): void {
  app.setErrorHandler((error, request, reply) => {
    sendProblem(request, reply, classifyError(error, redisReady(), redisMemory()))
  })
}

/** Answers with the problem of `error`. A started answer cannot change any more; its socket is cut. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: AppError): void {
  const problem = asProblem(error, request.id)
  if (problem.status >= 500) {
    // Foreign faults come without a stack of ours; ours need one.
    const err = error.code === 'INTERNAL' ? error.cause : undefined
    request.log.error({ code: error.code, err, detail: error.message }, 'request failed')
  }
  if (reply.raw.headersSent) {
    reply.raw.destroy()
    return
  }
  setProblemHeaders(reply, error, problem)
  void reply
    // Also for what is refused before any hook has run.
    .header('x-request-id', request.id)
    .code(problem.status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem)
}

/** What the caller is told; cleaned of everything that is not in the contract. */
export function asProblem(error: AppError, requestId: string): Problem {
  // Unknown members of `extra` are dropped here: what is not in the contract is not told.
  const problem = Problem.parse({
    ...error.extra,
    type: `urn:capstan:problem:${slug(error.code)}`,
    title: titleOf(error.code),
    status: statusOf(error),
    code: error.code,
    // Both may quote what somebody sent.
    detail: plainText(error.message),
    instance: `urn:request:${requestId}`,
    ...(error.hint === undefined ? {} : { hint: plainText(error.hint) }),
    retryable: error.retryable,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: Math.round(error.retryAfterMs) }),
  })
  const errors = problem.errors?.map(({ pointer, detail }) => ({
    pointer: plainText(pointer),
    detail: plainText(detail),
  }))
  return errors ? { ...problem, errors } : problem
}

function statusOf({ code, extra }: AppError): number {
  // Well-formed, but it makes no sense here, such as an empty search or a cluster nobody has.
  if (extra['unprocessable'] === true) return 422
  return STATUS[code]
}

/** Headers that go with a problem, whatever the form of its body. */
export function setProblemHeaders(reply: FastifyReply, error: AppError, problem: Problem): void {
  const { allow, location, challenge } = error.extra
  if (typeof allow === 'string') void reply.header('allow', allow)
  if (typeof location === 'string') void reply.header('location', location)
  if (Array.isArray(challenge)) void reply.header('www-authenticate', challenge.map(String))
  if (problem.retryAfterMs !== undefined && !reply.hasHeader('retry-after')) {
    void reply.header('retry-after', String(Math.max(1, Math.ceil(problem.retryAfterMs / 1000))))
  }
}

function slug(code: ProblemCode): string {
  return code.toLowerCase().replaceAll('_', '-')
}

function titleOf(code: ProblemCode): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
