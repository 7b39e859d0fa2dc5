import { z } from 'zod'
import { LoginRequest, SessionView } from '@capstan/shared/contract/login/session'
import { requirePrincipal } from '../../access/principal.ts'
import type { App } from '../../app-types.ts'
import { startTokenSession, type SessionDeps } from './start-token-session.ts'

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
        operationId: 'getSession',
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
        operationId: 'createSession',
        tags: ['session'],
        summary: 'Log in with a token',
        description:
          'Sets an HttpOnly cookie with the role of the token, for at most 24 h and 8 h without a request. A session of an earlier login ends.',
        body: LoginRequest,
        response: { 204: z.undefined().describe('Logged in, or no login is needed.') },
      },
    },
    async (request, reply) => {
      if (deps.methods.length > 0) await startTokenSession(deps, request, reply, request.body.token)
      return reply.code(204).send()
    },
  )
}

function addLogoutRoute(app: App, { methods, sessions, cookies, audit }: SessionDeps): void {
  app.delete(
    '/session',
    {
      schema: {
        operationId: 'deleteSession',
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
