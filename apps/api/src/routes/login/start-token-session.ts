import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LoginMethod } from '@capstan/shared/contract/login/session'
import { isLoopbackHost } from '@capstan/shared/http/is-loopback-host'
import { AppError } from '@capstan/shared/errors'
import { createTokenPrincipal } from '../../access/principal.ts'
import { findToken, type TokenEntry } from '../../access/tokens.ts'
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

/** Starts a session with the role of the token, and ends the present one. AppError UNAUTHORIZED for an unknown token. */
export async function startTokenSession(
  deps: SessionDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  text: string,
): Promise<void> {
  const { tokens, sessions, cookies, audit } = deps
  rejectPlainHttp(request)
  const token = findToken(tokens, text)
  if (!token) throw await recordFailure(deps, request)
  const { name, id: principalId, role } = createTokenPrincipal(token)
  const earlier = cookies.readSession(request)
  const created = await sessions.create({ name, principalId, role, origin: { token } })
  if (earlier !== undefined) await sessions.end(earlier, 'replaced')
  cookies.setSession(request, reply, created.id, created.expiresAt)
  await audit.write({
    action: 'session.started',
    principal: name,
    role,
    requestId: request.id,
    address: deps.findAddress(request.raw),
  })
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
