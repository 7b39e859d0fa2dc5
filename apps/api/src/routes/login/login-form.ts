import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { errorCodes } from 'fastify'
import { LoginRequest } from '@capstan/shared/contract/login/session'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../../app-types.ts'
import { findNextPath, sendLoginForm, sendLoginPage } from '../../login/login-pages.ts'
import { classifyError } from '../../plugins/classify-error.ts'
import { setProblemHeaders, toProblem } from '../../plugins/errors.ts'
import { startTokenSession, type SessionDeps } from './start-token-session.ts'

export interface LoginFormDeps extends SessionDeps {
  isRedisReady: () => boolean
}

const FORM = 'application/x-www-form-urlencoded'
/** Longer than any valid form: each character of token and page may take three bytes. */
const BODY_BYTES = 8_192

/**
 * Adds the target of the login without scripts, which is shown while there are no files of the dashboard. A browser sends
 * the form, so failures are pages too.
 */
export async function addLoginFormRoute(app: App, deps: LoginFormDeps): Promise<void> {
  await app.register(async (scope: App) => {
    scope.removeContentTypeParser(FORM)
    scope.addContentTypeParser<string>(FORM, { parseAs: 'string' }, (_, body, done) =>
      done(null, new URLSearchParams(body)),
    )
    scope.post(
      '/ui/login',
      {
        // As for POST /api/v1/session.
        config: { rateLimit: false },
        bodyLimit: BODY_BYTES,
        schema: { hide: true },
        errorHandler: (error, request, reply) => void sendFailure(deps, error, request, reply),
      },
      async (request, reply) => {
        const fields = readFields(request)
        if (deps.methods.length > 0)
          await startTokenSession(deps, request, reply, readToken(fields))
        return sendLoginPage(reply, findNextPath(request, fields.get('next')))
      },
    )
  })
}

function readFields({ body }: FastifyRequest): URLSearchParams {
  if (body instanceof URLSearchParams) return body
  throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE('other than a form')
}

function readToken(fields: URLSearchParams): string {
  const { data } = LoginRequest.safeParse({ token: fields.get('token') })
  if (data) return data.token
  throw new AppError('UNAUTHORIZED', 'The form has no token', {
    hint: 'Type a token from CAPSTAN_TOKEN.',
  })
}

function sendFailure(
  { methods, isRedisReady }: LoginFormDeps,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const failure = classifyError(error, isRedisReady())
  if (failure.code === 'INTERNAL') request.log.error({ err: failure.cause }, 'a login failed')
  const prefix = request.server.findPrefix(request.raw)
  const problem = toProblem(failure, request.id, prefix)
  setProblemHeaders(reply, failure, problem)
  const fields = request.body instanceof URLSearchParams ? request.body : undefined
  const next = findNextPath(request, fields?.get('next'))
  return sendLoginForm(reply.code(problem.status), { methods, prefix, next, problem })
}
