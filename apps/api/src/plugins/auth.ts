import type { FastifyRequest } from 'fastify'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import { isLoopbackHost } from '@capstan/shared/http/is-loopback-host'
import type { LinkSettings } from '../links/find-prefix.ts'
import { findPrincipal, mayDo, type Principal, type Scope, type TokenEntry } from './tokens.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller needs; a route that says nothing needs `admin`. */
    access?: Scope | 'open'
    /** The route is opened in a browser: the token may come as the password of HTTP Basic. */
    browser?: boolean
  }
  interface FastifyRequest {
    principal: Principal | null
  }
}

const LOCAL: Principal = { name: 'local', scopes: ['admin'] }
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/**
 * Guards every route by the `access` of its config. Without tokens it serves this machine alone. Pages of the
 * public URL are pages of this server, whatever Host a proxy sends.
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
    refuseForeignPages(request, publicOrigin)
    const { access = 'admin', browser = false } = request.routeOptions.config
    if (tokens.length === 0) {
      refuseForeignHosts(request)
      request.principal = LOCAL
      return
    }
    if (access === 'open') return
    request.principal = authenticate(request, tokens, browser)
    requireScope(request.principal, access)
  })
}

function authenticate(request: FastifyRequest, tokens: TokenEntry[], browser: boolean): Principal {
  const token = presentedToken(request.headers.authorization ?? '', browser)
  const principal = token === '' ? undefined : findPrincipal(tokens, token)
  if (principal) return principal
  throw new AppError(
    'UNAUTHORIZED',
    token === '' ? 'A token is needed' : 'The token is not known',
    {
      hint: 'Send `Authorization: Bearer <token>` with a token from CAPSTAN_TOKEN of the server.',
      extra: {
        challenge: [
          'Bearer realm="capstan"',
          ...(browser ? ['Basic realm="capstan", charset="UTF-8"'] : []),
        ],
      },
    },
  )
}

function presentedToken(authorization: string, browser: boolean): string {
  const [scheme = '', value = ''] = authorization.split(' ', 2)
  if (scheme.toLowerCase() === 'bearer') return value
  return browser && scheme.toLowerCase() === 'basic' ? passwordOf(value) : ''
}

function passwordOf(encoded: string): string {
  const text = Buffer.from(encoded, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
}

/** For routes whose body decides what a caller needs. AppError FORBIDDEN. */
export function requireScope(principal: Principal, needed: Scope): void {
  if (mayDo(principal, needed)) return
  throw new AppError('FORBIDDEN', `${principal.name} may not do this`, {
    hint: `Use a token with the scope \`${needed}\`.`,
    extra: { requiredScope: needed },
  })
}

/**
 * A web page of elsewhere can make a browser send requests here, with its cached Basic password. Browsers say where a
 * request comes from; the old ones and plain-HTTP pages only by Origin. Programs send neither.
 */
function refuseForeignPages(request: FastifyRequest, publicOrigin: string | undefined): void {
  if (SAFE_METHODS.includes(request.method) || isOwnPage(request, publicOrigin)) return
  throw new AppError('FORBIDDEN', 'A page of another site may not change anything here', {
    hint: 'Send the request from a program or from a page of this server.',
  })
}

function isOwnPage({ headers, host }: FastifyRequest, publicOrigin: string | undefined): boolean {
  const { 'sec-fetch-site': site, origin } = headers
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  // A sandboxed page says `null`, which is no URL.
  if (origin === undefined || origin === publicOrigin) return true
  return URL.parse(origin)?.host === host.toLowerCase()
}

/** Without a token the Host header is what keeps a rebound DNS name from reading a local server. */
function refuseForeignHosts(request: FastifyRequest): void {
  if (isLoopbackHost(request.hostname)) return
  throw new AppError('FORBIDDEN', 'Without a token this server answers to loopback names only', {
    hint: 'Use http://127.0.0.1 or http://localhost, or set CAPSTAN_TOKEN.',
  })
}
