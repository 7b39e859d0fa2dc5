import { createHash } from 'node:crypto'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { chooseNextPath } from '@capstan/shared/contract/login/next-path'
import type { Role } from '@capstan/shared/contract/login/role'
import { AppError } from '@capstan/shared/errors'
import { listSome } from '@capstan/shared/text/list-some'
import type { App } from '../../app-types.ts'
import type { WorkLimits } from '../../http/work-limits.ts'
import { sendLoginFailurePage, sendLoginPage } from '../../login/login-pages.ts'
import type { OidcSettings } from '../../oidc/oidc-config.ts'
import type { OidcLogin, OidcUser } from '../../oidc/oidc-login.ts'
import { classifyError } from '../../plugins/classify-error.ts'
import { setProblemHeaders, toProblem } from '../../plugins/errors.ts'
import type { SessionDeps } from './start-token-session.ts'

export interface OidcRouteDeps extends SessionDeps {
  oidc: { settings: OidcSettings; login: OidcLogin }
  work: Pick<WorkLimits, 'logins'>
  isRedisReady: () => boolean
}

/** Time for the login at the issuer. */
const LOGIN_SECONDS = 600

/** Adds the login at an OpenID Connect issuer. Both routes are opened by browsers, so failures are pages. */
export function addOidcRoutes(app: App, deps: OidcRouteDeps): void {
  const { oidc, cookies, work } = deps
  const errorHandler = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void =>
    void sendFailure(deps, error, request, reply)
  app.get(
    '/session/oidc',
    {
      errorHandler,
      schema: {
        operationId: 'startOidcLogin',
        tags: ['session'],
        summary: 'Log in at the OpenID Connect issuer, in a browser',
        description:
          'Redirects to the issuer, which redirects back. Exists with CAPSTAN_OIDC_ISSUER.',
        querystring: z.object({
          next: z.string().max(1_000).optional().describe('Path of the page to open afterwards.'),
        }),
      },
    },
    async (request, reply) => {
      const prefix = request.server.findPrefix(request.raw)
      const next = chooseNextPath(request.query.next, prefix, `${prefix}/`)
      const earlierSession = cookies.readSession(request)
      const start = { next, earlierSession }
      const { url, cookie } = await work.logins.run(() => oidc.login.start(start))
      cookies.setLogin(request, reply, cookie, LOGIN_SECONDS)
      return reply.redirect(url.href, 302)
    },
  )
  app.get(
    '/session/oidc/callback',
    {
      errorHandler,
      // Issuers add parameters of their own.
      config: { openQuery: '' },
      schema: { hide: true },
    },
    async (request, reply) => {
      const query = new URL(request.url, 'http://server.invalid').searchParams
      const cookie = cookies.readLogin(request)
      cookies.clearLogin(request, reply)
      const user = await work.logins.run(() => oidc.login.finish(query, cookie))
      await startSession(deps, request, reply, user)
      const prefix = request.server.findPrefix(request.raw)
      // The cookie could have been set by another page of the host, so its path is checked again.
      return sendLoginPage(reply, chooseNextPath(user.start.next, prefix, `${prefix}/`))
    },
  )
}

async function startSession(
  { oidc, sessions, cookies, audit, findAddress }: OidcRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  user: OidcUser,
): Promise<void> {
  const { issuer, roles } = oidc.settings
  const name = `oidc:${user.name}`
  const role = requireGroupRole(user, roles.findRole(user.groups))
  const hash = createHash('sha256').update(`${issuer}\n${user.subject}`).digest('hex')
  const earlier = user.start.earlierSession
  const created = await sessions.create({
    name,
    principalId: `oidc:${hash}`,
    role,
    origin: { issuer, groups: roles.selectNamed(user.groups) },
  })
  if (earlier !== undefined) await sessions.end(earlier, 'replaced')
  cookies.setSession(request, reply, created.id, created.expiresAt)
  await audit.write({
    action: 'session.started',
    principal: name,
    role,
    detail: `subject ${user.subject}`,
    requestId: request.id,
    address: findAddress(request.raw),
  })
}

/** AppError FORBIDDEN with the groups of the user, because the settings name none of them. */
function requireGroupRole({ name, groups }: OidcUser, role: Role | undefined): Role {
  if (role) return role
  const groupList = groups.length === 0 ? 'none' : listSome(groups)
  throw new AppError('FORBIDDEN', `${name} has no role in Capstan. Groups: ${groupList}`, {
    hint: 'An administrator gives one of these groups a role in CAPSTAN_OIDC_ROLES.',
  })
}

async function sendFailure(
  deps: OidcRouteDeps,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const failure = classifyError(error, deps.isRedisReady())
  // Never rejects, because no caller waits for it.
  const shown = await recordFailure(deps, request, failure).catch((another: unknown) =>
    classifyError(another, deps.isRedisReady()),
  )
  if (shown.code === 'INTERNAL') request.log.error({ err: shown.cause }, 'a login failed')
  const prefix = request.server.findPrefix(request.raw)
  const problem = toProblem(shown, request.id, prefix)
  setProblemHeaders(reply, shown, problem)
  return sendLoginFailurePage(reply, problem, prefix)
}

/** AppError RATE_LIMITED for an address with too many failed logins. */
async function recordFailure(
  { failedLogins, audit, findAddress }: OidcRouteDeps,
  { raw, id: requestId }: FastifyRequest,
  failure: AppError,
): Promise<AppError> {
  if (failure.code !== 'LOGIN_FAILED' && failure.code !== 'FORBIDDEN') return failure
  const address = findAddress(raw)
  await failedLogins.record(address)
  const detail = failure.message
  await audit.write({ action: 'login.failed', principal: null, detail, requestId, address })
  return failure
}
