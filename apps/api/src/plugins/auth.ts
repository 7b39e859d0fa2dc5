import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LoginMethod } from '@capstan/shared/contract/login/session'
import { isLoopbackHost } from '@capstan/shared/http/is-loopback-host'
import { AppError } from '@capstan/shared/errors'
import { findRouteAccess } from '../access/find-route-access.ts'
import {
  createTokenPrincipal,
  LOCAL_PRINCIPAL,
  requireRole,
  type Principal,
} from '../access/principal.ts'
import { rejectForeignPages } from '../access/reject-foreign-pages.ts'
import type { RouteAccess } from '../access/route-roles.ts'
import { findToken, type TokenEntry } from '../access/tokens.ts'
import type { App } from '../app-types.ts'
import type { LoginSessions } from '../login/login-sessions.ts'
import type { LoginCookies } from '../login/session-cookie.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Role that a caller needs, from access/route-roles.ts. */
    access?: RouteAccess
  }
  interface FastifyRequest {
    /** Null for callers of open routes. */
    principal: Principal | null
  }
}

export interface RouteGuardOptions {
  tokens: readonly TokenEntry[]
  /** How callers log in. Empty: loopback callers need no login. */
  methods: readonly LoginMethod[]
  sessions: Pick<LoginSessions, 'find'>
  cookies: LoginCookies
  publicUrl?: string | undefined
}

/** Guards every route by the table of access/route-roles.ts. Must be installed before the routes. */
export function installAuth(app: App, options: RouteGuardOptions): void {
  const { methods, cookies, publicUrl } = options
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin
  app.decorateRequest('principal', null)
  app.addHook('onRoute', (route) => {
    const [method = ''] = [route.method].flat()
    route.config = { ...route.config, access: findRouteAccess(method, route.url) }
  })
  app.addHook('onRequest', async (request, reply) => {
    if (methods.length === 0) rejectForeignHosts(request)
    if (request.is404) return
    const bearer = readBearer(request)
    const hasCookie = cookies.readSession(request) !== undefined
    // No page of another site can send this header: browsers ask first, and this server does not agree.
    if (bearer === undefined) rejectForeignPages(request, { publicOrigin, hasCookie })
    const { access = 'admin' } = request.routeOptions.config
    if (methods.length === 0) {
      request.principal = LOCAL_PRINCIPAL
      return
    }
    if (access === 'open') return
    void reply.header('vary', 'Accept, Authorization, Cookie')
    const principal = await authenticate(request, options, bearer)
    if (!principal) return rejectCaller(request, reply, options, bearer)
    request.principal = principal
    requireRole(principal, access)
  })
}

function readBearer({ headers: { authorization = '' } }: FastifyRequest): string | undefined {
  const [scheme = '', value = ''] = authorization.split(' ', 2)
  return scheme.toLowerCase() === 'bearer' && value !== '' ? value : undefined
}

async function authenticate(
  request: FastifyRequest,
  { tokens, sessions, cookies }: RouteGuardOptions,
  bearer: string | undefined,
): Promise<Principal | undefined> {
  if (bearer !== undefined) {
    const token = findToken(tokens, bearer)
    return token && createTokenPrincipal(token)
  }
  const id = cookies.readSession(request)
  return id === undefined ? undefined : sessions.find(id)
}

/** Sends a browser to the login page, and rejects any other caller with 401. */
function rejectCaller(
  request: FastifyRequest,
  reply: FastifyReply,
  { methods, cookies }: RouteGuardOptions,
  bearer: string | undefined,
): FastifyReply {
  const hasCookie = bearer === undefined && cookies.readSession(request) !== undefined
  if (hasCookie) cookies.clearSession(request, reply)
  if (isPageRequest(request)) {
    const prefix = request.server.findPrefix(request.raw)
    const next = encodeURIComponent(`${prefix}${request.url}`)
    return reply.redirect(`/ui/login?next=${next}`, 302)
  }
  const because = hasCookie ? 'The session has ended' : 'The request has no token'
  throw new AppError('UNAUTHORIZED', bearer === undefined ? because : 'The token is unknown', {
    hint: 'Send `Authorization: Bearer <token>` with a token from CAPSTAN_TOKEN, or log in at /ui/login.',
    extra: { challenge: ['Bearer realm="capstan"'], login: methods },
  })
}

/** A page that a person opens. Requests of scripts accept other media types, and the API answers them with 401. */
function isPageRequest({ method, url, headers: { accept = '' } }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return accept.toLowerCase().includes('text/html') && !url.startsWith('/api/')
}

/** Without a login, the check of the Host header prevents DNS rebinding attacks on a local server. */
function rejectForeignHosts(request: FastifyRequest): void {
  if (isLoopbackHost(request.hostname)) return
  throw new AppError('FORBIDDEN', 'Without tokens this server answers to loopback names only', {
    hint: 'Use http://127.0.0.1 or http://localhost, or set CAPSTAN_TOKEN.',
  })
}
