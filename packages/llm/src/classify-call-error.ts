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
 * Turns whatever a call threw into an ItemError that names what the queue does next, what happened, and the setting to
 * check. Decides by meaning: status, codes and words, wherever and in whatever form a product sends them.
 */
export function classifyCallError(error: unknown, endpoint: EndpointDescription): ItemError {
  if (error instanceof ItemError) return error
  const nowMs = Date.now()
  const failure = readCallFailure(error, nowMs)
  const found = FAULT_CLASSES.find(({ matches }) => matches(failure))
  if (!found) throw new Error('a failure belongs to no class')
  // What stands between is to be checked before the endpoint.
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

/** A shorter wait would be over before the next call is made. */
const SHORTEST_WAIT_MS = 1_000
/** A day ends at another hour everywhere; a call that is refused costs nothing. */
const DAILY_WAIT_MS = 3_600_000

/** Without `retryAfterMs` the provider named no wait, or none at all: the limits decide whether the account has to pause. */
function planWait({ kind }: FaultClass, { waitMs }: CallFailure, nowMs: number) {
  const isDaily = kind === 'daily_quota'
  const isRamp = kind === 'ramp_limit'
  const namedMs = waitMs || (isDaily ? DAILY_WAIT_MS : undefined)
  if (namedMs === undefined) return { isRamp }
  const retryAfterMs = Math.max(SHORTEST_WAIT_MS, namedMs)
  const until = isDaily ? { until: new Date(nowMs + retryAfterMs).toISOString() } : {}
  return { retryAfterMs, isRamp, ...until }
}
