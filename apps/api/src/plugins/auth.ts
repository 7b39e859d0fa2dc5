import type { FastifyRequest } from 'fastify'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import { isLoopbackHost } from '@capstan/shared/http/is-loopback-host'
import type { LinkSettings } from '../links/find-prefix.ts'
import { findPrincipal, hasScope, type Principal, type Scope, type TokenEntry } from './tokens.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Scope that a caller needs; `admin` for routes without this value. */
    access?: Scope | 'open'
    /** The route is opened in a browser: the token may be the password of HTTP Basic. */
    browser?: boolean
  }
  interface FastifyRequest {
    principal: Principal | null
  }
}

const LOCAL: Principal = { name: 'local', scopes: ['admin'] }
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/**
 * Guards every route by the `access` of its config. Without tokens only loopback callers are served. Pages of the
 * public URL count as pages of this server, whatever Host a proxy sends.
 */
export function installAuth(
  app: App,
  tokens: TokenEntry[],
  { publicUrl }: LinkSettings = {},
): void {
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin
  app.decorateRequest('principal', null)
  app.addHook('onRequest', async (request) => {
    if (request.is404) return
    rejectForeignPages(request, publicOrigin)
    const { access = 'admin', browser = false } = request.routeOptions.config
    if (tokens.length === 0) {
      rejectForeignHosts(request)
      request.principal = LOCAL
      return
    }
    if (access === 'open') return
    request.principal = authenticate(request, tokens, browser)
    requireScope(request.principal, access)
  })
}

function authenticate(request: FastifyRequest, tokens: TokenEntry[], browser: boolean): Principal {
  const token = readToken(request.headers.authorization ?? '', browser)
  const principal = token === '' ? undefined : findPrincipal(tokens, token)
  if (principal) return principal
  throw new AppError(
    'UNAUTHORIZED',
    token === '' ? 'The request has no token' : 'The token is unknown',
    {
      hint: 'Send `Authorization: Bearer <token>` with a token from CAPSTAN_TOKEN.',
      extra: {
        challenge: [
          'Bearer realm="capstan"',
          ...(browser ? ['Basic realm="capstan", charset="UTF-8"'] : []),
        ],
      },
    },
  )
}

function readToken(authorization: string, browser: boolean): string {
  const [scheme = '', value = ''] = authorization.split(' ', 2)
  if (scheme.toLowerCase() === 'bearer') return value
  return browser && scheme.toLowerCase() === 'basic' ? decodePassword(value) : ''
}

function decodePassword(encoded: string): string {
  const text = Buffer.from(encoded, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
}

/** Checks the scope on routes whose body determines it. AppError FORBIDDEN. */
export function requireScope(principal: Principal, needed: Scope): void {
  if (hasScope(principal, needed)) return
  throw new AppError('FORBIDDEN', `${principal.name} lacks the scope ${needed}`, {
    hint: `Use a token with the scope \`${needed}\`.`,
    extra: { requiredScope: needed },
  })
}

/**
 * A page of another site can make a browser send requests with its cached Basic password. Browsers report the origin in
 * Sec-Fetch-Site; old browsers and plain-HTTP pages only in Origin. Other clients send neither.
 */
function rejectForeignPages(request: FastifyRequest, publicOrigin: string | undefined): void {
  if (SAFE_METHODS.includes(request.method) || isOwnPage(request, publicOrigin)) return
  throw new AppError('FORBIDDEN', 'Pages of other sites may not send changes', {
    hint: 'Send the request from a program or from a page of this server.',
  })
}

function isOwnPage({ headers, host }: FastifyRequest, publicOrigin: string | undefined): boolean {
  const { 'sec-fetch-site': site, origin } = headers
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  // A sandboxed page sends `null`, which is not a URL.
  if (origin === undefined || origin === publicOrigin) return true
  return URL.parse(origin)?.host === host.toLowerCase()
}

/** Without tokens, the check of the Host header prevents DNS rebinding attacks on a local server. */
function rejectForeignHosts(request: FastifyRequest): void {
  if (isLoopbackHost(request.hostname)) return
  throw new AppError('FORBIDDEN', 'Without tokens this server answers to loopback names only', {
    hint: 'Use http://127.0.0.1 or http://localhost, or set CAPSTAN_TOKEN.',
  })
}
