import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AppError } from '@capstan/shared/errors'
import { toProblem, setProblemHeaders } from '../plugins/errors.ts'
import { wrapError } from './envelope.ts'

/** Sends an error like sendProblem, in the format of dot-ai. */
export function sendErrorEnvelope(
  request: FastifyRequest,
  reply: FastifyReply,
  error: AppError,
): void {
  const problem = toProblem(error, request.id)
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
    .send(wrapError(error, request.id))
}
