import type { IncomingMessage } from 'node:http'
import type { LoginMethod } from '@capstan/shared/contract/login/session'
import type { TokenEntry } from '../access/tokens.ts'
import type { ApiDeps } from '../deps.ts'
import { findClientAddress } from '../http/client-address.ts'
import type { LinkSettings } from '../links/find-prefix.ts'
import { parseTrustedProxies } from '../links/trusted-proxies.ts'
import type { OidcSettings } from '../oidc/oidc-config.ts'
import { openOidcLogin, type OidcLogin } from '../oidc/oidc-login.ts'
import { openFailedLogins, type FailedLogins } from './failed-logins.ts'
import { openLoginSessions, type LoginSessions, type SessionTimes } from './login-sessions.ts'
import { createLoginCookies, type LoginCookies } from './session-cookie.ts'
import { createSessionGrants } from './session-grants.ts'

export interface LoginOptions {
  tokens: readonly TokenEntry[]
  links: LinkSettings
  oidc?: OidcSettings | undefined
  times?: SessionTimes | undefined
}

/** All that logins of browsers share. */
export interface Login {
  tokens: readonly TokenEntry[]
  oidc: { settings: OidcSettings; login: OidcLogin } | undefined
  /** Empty: loopback callers need no login. */
  methods: readonly LoginMethod[]
  sessions: LoginSessions
  cookies: LoginCookies
  failedLogins: FailedLogins
  findAddress: (request: IncomingMessage) => string
}

type LoginDeps = Pick<ApiDeps, 'redis' | 'subscriber' | 'keys' | 'log'>

/** Opens the sessions, and ends those that the settings no longer grant. */
export function openLogin(deps: LoginDeps, { tokens, links, oidc, times }: LoginOptions): Login {
  const { redis, keys, log } = deps
  const { publicUrl, trustedProxies } = links
  const isTrusted = trustedProxies === undefined ? trustNone : parseTrustedProxies(trustedProxies)
  const grants = createSessionGrants({ tokens, oidc })
  const sessions = openLoginSessions({ ...deps, grants }, times)
  sessions.endRevoked().then(
    (ended) => ended > 0 && log.info({ ended }, 'ended sessions that are no longer granted'),
    // Each request of such a session checks it again.
    (error: unknown) => log.warn({ err: error }, 'sessions could not be checked'),
  )
  return {
    tokens,
    oidc: oidc && { settings: oidc, login: openOidcLogin(oidc, log) },
    methods: [...(tokens.length > 0 ? ['token' as const] : []), ...(oidc ? ['oidc' as const] : [])],
    sessions,
    cookies: createLoginCookies(publicUrl),
    failedLogins: openFailedLogins(redis, keys),
    findAddress: (request) => findClientAddress(request, isTrusted),
  }
}

function trustNone(): boolean {
  return false
}
