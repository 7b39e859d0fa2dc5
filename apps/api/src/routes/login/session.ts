import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { LoginRequest, SessionView, type LoginMethod } from '@capstan/shared/contract/login/session'
import { isLoopbackHost } from '@capstan/shared/http/is-loopback-host'
import { AppError } from '@capstan/shared/errors'
import { createTokenPrincipal, requirePrincipal } from '../../access/principal.ts'
import { findToken, type TokenEntry } from '../../access/tokens.ts'
import type { App } from '../../app-types.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import type { FailedLogins } from '../../login/failed-logins.ts'
import type { LoginSessions } from '../../login/login-sessions.ts'
import type { LoginCookies } from '../../login/session-cookie.ts'

export interface SessionDeps {
  tokens: readonly TokenEntry[]
  methods: readonly LoginMethod[]
  sessions: LoginSessions
  cookies: LoginCookies
  failedLogins: FailedLogins
  audit: Pick<AuditLog, 'write'>
  findAddress: (request: FastifyRequest['raw']) => string
}

/** Longer than any valid body. */
const BODY_BYTES = 4_096

/** Adds login, logout and the description of the caller. */
export function addSessionRoutes(app: App, deps: SessionDeps): void {
  addLoginRoute(app, deps)
  addLogoutRoute(app, deps)
  app.get(
    '/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Read the name and the role of the caller',
        description: 'Without a login 401, with the ways to log in as `login` of the problem.',
        response: { 200: SessionView },
      },
    },
    (request): SessionView => {
      const { name, role, session } = requirePrincipal(request)
      const { idleUntil = null, expiresAt = null } = session ?? {}
      const method = session?.method ?? (deps.methods.length === 0 ? 'local' : 'bearer')
      return { name, role, method, idleUntil, expiresAt, login: [...deps.methods] }
    },
  )
}

function addLoginRoute(app: App, deps: SessionDeps): void {
  app.post(
    '/session',
    {
      // failed-logins.ts limits failures. A limit on all logins would let one caller lock out the others of a proxy.
      config: { rateLimit: false },
      bodyLimit: BODY_BYTES,
      schema: {
        tags: ['session'],
        summary: 'Log in with a token',
        description:
          'Sets an HttpOnly cookie with the role of the token, for at most 24 h and 8 h without a request. A session of an earlier login ends.',
        body: LoginRequest,
        response: { 204: z.undefined().describe('Logged in, or no login is needed.') },
      },
    },
    async (request, reply) => {
      const { tokens, methods, sessions, cookies, audit } = deps
      if (methods.length === 0) return reply.code(204).send()
      rejectPlainHttp(request)
      const token = findToken(tokens, request.body.token)
      if (!token) throw await recordFailure(deps, request)
      const { name, id: principalId, role } = createTokenPrincipal(token)
      const earlier = cookies.readSession(request)
      const created = await sessions.create({ name, principalId, role, origin: { token } })
      if (earlier !== undefined) await sessions.end(earlier, 'replaced')
      cookies.setSession(request, reply, created.id, created.expiresAt)
      const address = deps.findAddress(request.raw)
      await audit.write({
        action: 'session.started',
        principal: name,
        role,
        requestId: request.id,
        address,
      })
      return reply.code(204).send()
    },
  )
}

function addLogoutRoute(app: App, { methods, sessions, cookies, audit }: SessionDeps): void {
  app.delete(
    '/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Log out',
        description: 'Ends the session on all replicas. Succeeds without a session as well.',
        response: { 204: z.undefined().describe('There is no session.') },
      },
    },
    async (request, reply) => {
      const id = methods.length === 0 ? undefined : cookies.readSession(request)
      if (id === undefined) return reply.code(204).send()
      const ended = await sessions.end(id, 'logged-out')
      cookies.clearSession(request, reply)
      if (ended) {
        const { name: principal, role } = ended
        await audit.write({ action: 'session.ended', principal, role, requestId: request.id })
      }
      return reply.code(204).send()
    },
  )
}

/** Browsers do not store a Secure cookie from such a page, so the login would have no effect. */
function rejectPlainHttp({ headers: { origin }, hostname }: FastifyRequest): void {
  if (origin?.startsWith('http:') !== true || isLoopbackHost(hostname)) return
  throw new AppError('FORBIDDEN', 'A login from a page needs https', {
    hint: 'Serve Capstan by https (docs/reverse-proxy.md), or open it on loopback.',
  })
}

async function recordFailure(
  { failedLogins, audit, findAddress, methods }: SessionDeps,
  { raw, id: requestId }: FastifyRequest,
): Promise<AppError> {
  const address = findAddress(raw)
  await failedLogins.record(address)
  await audit.write({ action: 'login.failed', principal: null, requestId, address })
  return new AppError('UNAUTHORIZED', 'The token is unknown', {
    hint: 'Use a token from CAPSTAN_TOKEN.',
    extra: { login: methods },
  })
}
