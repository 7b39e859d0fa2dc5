import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '@capstan/shared/contract/problem'
import { PROBLEM_CATALOGUE, problemPath } from '@capstan/shared/contract/problem-catalogue'
import type { AppError } from '@capstan/shared/errors'
import type { RedisMemory } from '@capstan/shared/redis-fault'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { App } from '../app-types.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { classifyError } from './classify-error.ts'

export interface ErrorOptions {
  isRedisReady: () => boolean
  /** Memory figures of the last health check, for the message that Redis is full. */
  redisMemory: () => RedisMemory | undefined
}

/** Turns every error of every route into a problem document (RFC 9457). */
export function installErrors(app: App, { isRedisReady, redisMemory }: ErrorOptions): void {
  app.setErrorHandler((error, request, reply) => {
    sendProblem(request, reply, classifyError(error, isRedisReady(), redisMemory()))
  })
}

/** Sends the problem of `error`. A response that has already started cannot change, so its socket is closed. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: AppError): void {
  const prefix = request.server.findPrefix(request.raw)
  const problem = toProblem(error, request.id, prefix)
  if (problem.status >= 500) {
    // Only unexpected errors need a stack trace.
    const err = error.code === 'INTERNAL' ? error.cause : undefined
    request.log.error({ code: error.code, err, detail: error.message }, 'request failed')
  }
  if (reply.raw.headersSent) {
    reply.raw.destroy()
    return
  }
  setProblemHeaders(reply, error, problem)
  void reply
    // Also set for requests that are rejected before any hook has run.
    .header('x-request-id', request.id)
    .code(problem.status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem)
}

/**
 * Creates the problem document of `error` with contract fields only. `prefix` is the path prefix at which the caller
 * reaches the server.
 */
export function toProblem(error: AppError, requestId: string, prefix = ''): Problem {
  const { scan } = error.extra
  // The schema drops unknown members of `extra`.
  const problem = Problem.parse({
    ...error.extra,
    ...(typeof scan === 'string' ? { scan: `${prefix}${scan}` } : {}),
    type: `${prefix}${problemPath(error.code)}`,
    title: PROBLEM_CATALOGUE[error.code].title,
    status: readStatus(error),
    code: error.code,
    // Both may quote input of the caller.
    detail: toPlainText(error.message),
    instance: `urn:request:${requestId}`,
    ...(error.hint === undefined ? {} : { hint: toPlainText(error.hint) }),
    retryable: error.retryable,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: Math.round(error.retryAfterMs) }),
  })
  const errors = problem.errors?.map(({ pointer, detail, ...rest }) => ({
    pointer: toPlainText(pointer),
    ...rest,
    detail: toPlainText(detail),
  }))
  return errors ? { ...problem, errors } : problem
}

function readStatus({ code, extra }: AppError): number {
  // Well-formed but unprocessable, such as an empty search or an unknown cluster.
  if (extra['unprocessable'] === true) return 422
  return PROBLEM_CATALOGUE[code].status
}

/** Sets the headers of a problem, whatever the format of its body. */
export function setProblemHeaders(reply: FastifyReply, error: AppError, problem: Problem): void {
  // @fastify/helmet sets its headers only after authentication.
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    if (!reply.hasHeader(name)) void reply.header(name, value)
  }
  const { allow, location, challenge } = error.extra
  if (typeof allow === 'string') void reply.header('allow', allow)
  if (typeof location === 'string') void reply.header('location', location)
  if (Array.isArray(challenge)) void reply.header('www-authenticate', challenge.map(String))
  if (problem.retryAfterMs !== undefined && !reply.hasHeader('retry-after')) {
    void reply.header('retry-after', String(Math.max(1, Math.ceil(problem.retryAfterMs / 1000))))
  }
}
