import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AppError } from '@capstan/shared/errors'
import { asProblem, setProblemHeaders } from '../plugins/errors.ts'
import { errorEnvelope } from './envelope.ts'

/** Answers as sendProblem does, in the form that clients of dot-ai read. */
export function sendErrorEnvelope(
  request: FastifyRequest,
  reply: FastifyReply,
  error: AppError,
): void {
  const problem = asProblem(error, request.id)
  if (problem.status >= 500) {
    const err = error.code === 'INTERNAL' ? error.cause : undefined
    request.log.error({ code: error.code, err, detail: error.message }, 'request failed')
  }
  setProblemHeaders(reply, error, problem)
  void reply
    .header('x-request-id', request.id)
    .code(problem.status)
    .type('application/json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(errorEnvelope(error, request.id))
}
