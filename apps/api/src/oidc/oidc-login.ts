import * as client from 'openid-client'
import { AppError } from '@capstan/shared/errors'
import type { Log } from '@capstan/shared/log'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import {
  createLoginAttempt,
  readLoginAttempt,
  type LoginAttempt,
  type LoginStart,
} from './login-attempt.ts'
import type { OidcSettings } from './oidc-config.ts'
import { toOidcError } from './oidc-error.ts'
import { openOidcIssuer } from './oidc-issuer.ts'
import { readGroups } from './read-groups.ts'

/** A user whom the issuer has authenticated. */
export interface OidcUser {
  /** Stable id of the user at the issuer. */
  subject: string
  /** Name to show. Names may change and are not unique. */
  name: string
  groups: string[]
  start: LoginStart
}

/** The authorization code flow with PKCE, state and nonce. */
export interface OidcLogin {
  /** Starts a login. Returns the URL of the issuer, and the value of a cookie. AppError ISSUER_UNAVAILABLE. */
  start(start: LoginStart): Promise<{ url: URL; cookie: string }>
  /** Finishes a login. AppError LOGIN_FAILED or ISSUER_UNAVAILABLE. */
  finish(query: URLSearchParams, cookie: string | undefined): Promise<OidcUser>
}

/** Path of the redirect URI below CAPSTAN_PUBLIC_URL. */
const CALLBACK_PATH = '/api/v1/session/oidc/callback'

const MAX_NAME = 100

export function openOidcLogin(settings: OidcSettings, log: Pick<Log, 'warn'>): OidcLogin {
  const issuer = openOidcIssuer(settings)
  const redirectUri = `${settings.publicUrl}${CALLBACK_PATH}`
  const guard = async <T>(step: () => Promise<T>): Promise<T> => {
    try {
      return await step()
    } catch (error) {
      const failure = toOidcError(error)
      log.warn({ code: failure.code, detail: failure.message }, 'a login at the issuer failed')
      throw failure
    }
  }
  return {
    start: (start) =>
      guard(async () => {
        const configuration = await issuer.discover()
        const { attempt, cookie } = createLoginAttempt(start)
        const url = client.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: settings.scopes,
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: 'S256',
        })
        return { url, cookie }
      }),
    finish: (query, cookie) =>
      guard(async () => {
        const attempt = cookie === undefined ? undefined : readLoginAttempt(cookie)
        if (!attempt) throw expiredError()
        const url = new URL(`${redirectUri}?${query.toString()}`)
        return readUser(await issuer.discover(), url, { attempt, settings })
      }),
  }
}

async function readUser(
  configuration: client.Configuration,
  url: URL,
  { attempt, settings }: { attempt: LoginAttempt; settings: OidcSettings },
): Promise<OidcUser> {
  const tokens = await client.authorizationCodeGrant(configuration, url, {
    expectedState: attempt.state,
    expectedNonce: attempt.nonce,
    pkceCodeVerifier: attempt.verifier,
    idTokenExpected: true,
  })
  const idClaims: Record<string, unknown> = { ...tokens.claims() }
  const subject = String(idClaims['sub'])
  const idGroups = readGroups(idClaims, settings.groupsClaim)
  const userInfo = await readUserInfo(configuration, tokens.access_token, {
    subject,
    isOptional: idGroups.length > 0,
  })
  const claims = { ...userInfo, ...idClaims }
  const groups = new Set([...idGroups, ...readGroups(userInfo, settings.groupsClaim)])
  const { next, earlierSession } = attempt
  const name = chooseName(claims, subject)
  return { subject, name, groups: [...groups], start: { next, earlierSession } }
}

/** Some issuers have no userinfo endpoint; others put groups only there. */
async function readUserInfo(
  configuration: client.Configuration,
  accessToken: string,
  { subject, isOptional }: { subject: string; isOptional: boolean },
): Promise<Record<string, unknown>> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return {}
  try {
    return { ...(await client.fetchUserInfo(configuration, accessToken, subject)) }
  } catch (error) {
    if (isOptional) return {}
    throw error
  }
}

function chooseName(claims: Record<string, unknown>, subject: string): string {
  const email = claims['email_verified'] === false ? undefined : claims['email']
  const names = [claims['preferred_username'], email, claims['upn'], claims['name'], subject]
  const known = names.filter((name) => typeof name === 'string')
  const shown = known.map((name) => toPlainText(name, MAX_NAME))
  return shown.find((name) => name !== '') ?? 'unknown'
}

function expiredError(): AppError {
  return new AppError(
    'LOGIN_FAILED',
    'The login took longer than ten minutes, or its cookie is missing',
    {
      hint: 'Log in again, in one window. Allow cookies of this site.',
    },
  )
}
