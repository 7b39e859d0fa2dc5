import { ItemError } from '@capstan/shared/errors'
import { toProviderFault, type HealthVerdict } from '@capstan/limits/health/endpoint-health'
import type { Endpoint } from './endpoint.ts'

/** The account of a failed call. */
interface FailedAccount {
  name: string
  endpoint: Endpoint
}

/**
 * Turns the error of a call into the error that is thrown, by the history of its route. A route without any good answer that
 * keeps failing alike pauses the scan. Until that is decided, no type fails for good.
 */
export function judgeFault(
  error: ItemError,
  verdict: HealthVerdict,
  account: FailedAccount,
): ItemError {
  switch (verdict.verdict) {
    case 'misconfigured':
      return createPausingError(error, explain(error, verdict, account), account)
    case 'refused':
      return createPausingError(error, error.hint, account)
    case 'undecided':
      return error.policy === 'fail' ? copyError(error, { policy: 'retry' }) : error
    case 'outage':
      return error
  }
}

const MINUTE_MS = 60_000

/** Names the setting to check after a failed call, in a sentence. Uses the hint of the error when that names the setting. */
export function adviseCheck(
  { hint }: Pick<ItemError, 'hint'>,
  { setting, check }: Endpoint,
): string {
  const isNamed = hint !== undefined && setting !== undefined && hint.includes(setting)
  return isNamed ? hint : `Check ${check}.`
}

function explain(
  error: ItemError,
  { identical, sinceMs }: HealthVerdict,
  { endpoint }: FailedAccount,
): string {
  const what = adviseCheck(error, endpoint)
  const often =
    identical > 1
      ? `${identical} calls failed alike`
      : `calls have failed for ${Math.round(sinceMs / MINUTE_MS)} minutes`
  return `${what} ${often} and none was answered well within a day; resume the scan afterwards.`
}

function createPausingError(
  error: ItemError,
  hint: string | undefined,
  { name }: FailedAccount,
): ItemError {
  const shown = copyError(error, { policy: 'pause-scan', hint })
  const fault = toProviderFault(name, shown.toProblem(), new Date().toISOString())
  return copyError(shown, { policy: 'pause-scan', hint, fault })
}

function copyError(
  error: ItemError,
  { policy, hint = error.hint, fault }: Pick<ItemError, 'policy'> & Partial<ItemError>,
): ItemError {
  const { reason, message, kind, observed, retryAfterMs, isRamp, until, cause } = error
  return new ItemError(reason, policy, message, {
    kind,
    observed,
    isRamp,
    cause,
    ...(hint !== undefined && { hint }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(until !== undefined && { until }),
    ...(fault !== undefined && { fault }),
  })
}
