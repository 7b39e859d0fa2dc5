import type { ItemError } from '@capstan/shared/errors'
import type { EndpointFaultClass } from '@capstan/limits/health/endpoint-health'

/** Too busy, not ready or cut off by a gateway that waited in vain: also what a server answers while it loads its model. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 503, 504, 522, 524, 529])
/** In the words of llama.cpp, Ollama, text-generation-inference, Hugging Face and gateways, whatever the status. */
const NOT_READY =
  /\bloading\b|\bwarming up\b|\bstarting up\b|\binitiali[sz]ing\b|\bnot (?:yet )?ready\b|\bwaiting for .{0,40} to start\b|\boverloaded\b|\bat capacity\b|\bserver busy\b/i
/** What will not be ready: a file that is missing or too large. */
const BROKEN_LOAD = /\b(?:error|fail(?:ed|ure)?|unable|could not|cannot)\b.{0,40}\bload/i

/**
 * What a failed call says about its account and model. Undefined when it says nothing about whether they are configured well:
 * rate limits, answers that break the format, questions that are too long, faults of our own.
 */
export function classifyFault(error: ItemError): EndpointFaultClass | undefined {
  const { reason, policy } = error
  if (reason === 'budget_exceeded') return undefined
  if (policy === 'pause-scan') return 'refused'
  if (reason === 'timeout') return 'transient'
  if (reason !== 'provider_error') return undefined
  return isPassing(error) ? 'transient' : 'permanent'
}

function isPassing({ kind, message, cause }: ItemError): boolean {
  if (kind === 'overloaded') return true
  const status = statusOf(cause)
  if (status !== undefined && PASSING_STATUSES.has(status)) return true
  return NOT_READY.test(message) && !BROKEN_LOAD.test(message)
}

/** Both SDKs put it there. */
function statusOf(cause: unknown): number | undefined {
  if (typeof cause !== 'object' || cause === null || !('status' in cause)) return undefined
  return typeof cause.status === 'number' ? cause.status : undefined
}
