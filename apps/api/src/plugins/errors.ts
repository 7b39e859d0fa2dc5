import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '@capstan/shared/contract/problem'
import { PROBLEM_CATALOGUE, problemPath } from '@capstan/shared/contract/problem-catalogue'
import type { AppError } from '@capstan/shared/errors'
import type { RedisMemory } from '@capstan/shared/redis-fault'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { App } from '../app-types.ts'
import { BARE_HEADERS } from './security-headers.ts'
import { classifyError } from './classify-error.ts'

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
  const prefix = request.server.findPrefix(request.raw)
  const problem = asProblem(error, request.id, prefix)
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

/**
 * The problem document of `error`, without anything that is not in the contract. `prefix` is the path below which the
 * caller reaches the server.
 */
export function asProblem(error: AppError, requestId: string, prefix = ''): Problem {
  const { scan } = error.extra
  // Unknown members of `extra` are dropped here.
  const problem = Problem.parse({
    ...error.extra,
    ...(typeof scan === 'string' ? { scan: `${prefix}${scan}` } : {}),
    type: `${prefix}${problemPath(error.code)}`,
    title: PROBLEM_CATALOGUE[error.code].title,
    status: statusOf(error),
    code: error.code,
    // Both may quote what somebody sent.
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

function statusOf({ code, extra }: AppError): number {
  // Well-formed, but it makes no sense here, such as an empty search or a cluster nobody has.
  if (extra['unprocessable'] === true) return 422
  return PROBLEM_CATALOGUE[code].status
}

/** Headers that go with a problem, whatever the form of its body. */
export function setProblemHeaders(reply: FastifyReply, error: AppError, problem: Problem): void {
  // Those of @fastify/helmet are only set after a caller has been let in.
  for (const [name, value] of Object.entries(BARE_HEADERS)) {
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
