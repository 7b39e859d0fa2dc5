import { ItemError } from '@capstan/shared/errors'
import { findNetworkHint } from '@capstan/shared/http/find-network-hint'
import { scrub } from '@capstan/shared/text/scrub'
import type { EndpointDescription } from './errors/endpoint-description.ts'
import type { CallFailure } from './errors/call-failure.ts'
import type { FaultClass } from './errors/fault-class.ts'
import { FAULT_CLASSES } from './errors/fault-classes.ts'
import { readCallFailure } from './errors/read-call-failure.ts'
import { readRateLimits } from './rate-limit-headers.ts'

/**
 * Converts an error of a call to an ItemError with the next step of the queue, a description, and the setting to check.
 * Classifies by status, codes and words, because products send the same error in different forms.
 */
export function classifyCallError(error: unknown, endpoint: EndpointDescription): ItemError {
  if (error instanceof ItemError) return error
  const nowMs = Date.now()
  const failure = readCallFailure(error, nowMs)
  const found = FAULT_CLASSES.find(({ matches }) => matches(failure))
  if (!found) throw new Error('no class matches the failure')
  // A network hint takes precedence, because a proxy is in front of the endpoint.
  const hint = findNetworkHint(error) ?? found.hint?.(endpoint, failure)
  return new ItemError(found.reason, found.policy, describe(found, failure, endpoint), {
    kind: found.kind,
    cause: error,
    observed: readRateLimits(failure.headers, nowMs),
    ...(hint === undefined ? {} : { hint: scrub(hint, endpoint.secrets, 400) }),
    ...(found.policy === 'wait' ? planWait(found, failure, nowMs) : {}),
  })
}

function describe(
  { title, showsUrl }: FaultClass,
  { status, url, text }: CallFailure,
  { name, secrets }: EndpointDescription,
): string {
  const code = status === undefined ? '' : ` (${status})`
  const where = showsUrl && url !== undefined ? ` at ${url}` : ''
  return scrub(`${name} ${title}${code}${where}: ${text || 'no explanation'}`, secrets, 400)
}

/** Shorter waits would end before the next call. */
const SHORTEST_WAIT_MS = 1_000
/** Retry interval for daily quotas: their reset time is unknown, and a rejected call is free. */
const DAILY_WAIT_MS = 3_600_000

/** Without `retryAfterMs` the provider requested no wait, and the limits decide whether the account pauses. */
function planWait({ kind }: FaultClass, { waitMs }: CallFailure, nowMs: number) {
  const isDaily = kind === 'daily_quota'
  const isRamp = kind === 'ramp_limit'
  const namedMs = waitMs || (isDaily ? DAILY_WAIT_MS : undefined)
  if (namedMs === undefined) return { isRamp }
  const retryAfterMs = Math.max(SHORTEST_WAIT_MS, namedMs)
  const until = isDaily ? { until: new Date(nowMs + retryAfterMs).toISOString() } : {}
  return { retryAfterMs, isRamp, ...until }
}
