import * as client from 'openid-client'
import { AppError } from '@capstan/shared/errors'
import {
  BodyTooLargeError,
  RedirectError,
  RequestError,
} from '@capstan/shared/http/create-guarded-fetch'
import { findNetworkHint } from '@capstan/shared/http/find-network-hint'
import { isRecord } from '@capstan/shared/json/is-record'
import { scrub } from '@capstan/shared/text/scrub'

const RETRY_AFTER_MS = 5_000

/**
 * Maps an error of a login to ISSUER_UNAVAILABLE or LOGIN_FAILED. Its causes are dropped: they hold responses of the issuer
 * with tokens.
 */
export function toOidcError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (isUnavailable(error)) {
    return new AppError('ISSUER_UNAVAILABLE', `The issuer does not answer: ${describe(error)}`, {
      hint:
        findNetworkHint(error) ?? 'Try again, or log in with a token. Check CAPSTAN_OIDC_ISSUER.',
      retryable: true,
      retryAfterMs: RETRY_AFTER_MS,
    })
  }
  return new AppError('LOGIN_FAILED', describe(error), { hint: 'Log in again.' })
}

function isUnavailable(error: unknown): boolean {
  for (const one of listCauses(error)) {
    if (one instanceof RequestError || one instanceof RedirectError) return true
    if (one instanceof BodyTooLargeError) return true
    if (one instanceof Response) return one.status >= 500 || one.status === 404
    if (readCode(one) === 'OAUTH_TIMEOUT') return true
  }
  // Discovery is the only step before the browser is sent to the issuer.
  return false
}

function listCauses(error: unknown): unknown[] {
  const causes = [error]
  for (let cause = error; cause instanceof Error && causes.length < 6;) {
    cause = cause.cause
    causes.push(cause)
  }
  return causes
}

function describe(error: unknown): string {
  if (error instanceof client.AuthorizationResponseError) {
    const reason = [error.error, error.error_description].filter(Boolean).join(': ')
    return `The issuer rejected the login (${scrub(reason)})`
  }
  if (error instanceof client.ResponseBodyError) {
    const reason = [error.error, error.error_description].filter(Boolean).join(': ')
    return `The issuer rejected the code or the client (${scrub(reason)})`
  }
  const code = listCauses(error).map(readCode).find(Boolean)
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') {
    return 'The id token is expired or not valid yet; the clocks of issuer and server may differ'
  }
  const claim = listCauses(error).map(readClaim).find(Boolean)
  if (claim !== undefined) return `The id token has an unexpected claim: ${scrub(claim)}`
  // The innermost error names the fault; the outer ones name its kind.
  const fault = listCauses(error).findLast((one) => one instanceof Error)
  return `The answer of the issuer is not valid: ${fault ? scrub(fault.message) : 'unknown'}`
}

function readCode(error: unknown): string | undefined {
  return isRecord(error) && typeof error['code'] === 'string' ? error['code'] : undefined
}

/** Name of the claim that openid-client has compared. */
function readClaim(cause: unknown): string | undefined {
  return isRecord(cause) && typeof cause['claim'] === 'string' ? cause['claim'] : undefined
}
