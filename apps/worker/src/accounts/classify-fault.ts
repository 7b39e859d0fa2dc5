import type { ItemError } from '@capstan/shared/errors'
import type { EndpointFaultClass } from '@capstan/limits/health/endpoint-health'

/** Overload, startup or gateway timeouts; servers also send them while they load a model. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 503, 504, 522, 524, 529])
/** Error texts of llama.cpp, Ollama, text-generation-inference, Hugging Face and gateways, with any status. */
const NOT_READY =
  /\bloading\b|\bwarming up\b|\bstarting up\b|\binitiali[sz]ing\b|\bnot (?:yet )?ready\b|\bwaiting for .{0,40} to start\b|\boverloaded\b|\bat capacity\b|\bserver busy\b/i
/** A model that cannot load: its file is missing or too large. */
const BROKEN_LOAD = /\b(?:error|fail(?:ed|ure)?|unable|could not|cannot)\b.{0,40}\bload/i

/**
 * Classifies the fault of an account and model by a failed call. Undefined for errors that do not depend on the settings: rate
 * limits, invalid answers, long questions, faults on our side.
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
  const status = readStatus(cause)
  if (status !== undefined && PASSING_STATUSES.has(status)) return true
  return NOT_READY.test(message) && !BROKEN_LOAD.test(message)
}

/** Both SDKs set `status` on their errors. */
function readStatus(cause: unknown): number | undefined {
  if (typeof cause !== 'object' || cause === null || !('status' in cause)) return undefined
  return typeof cause.status === 'number' ? cause.status : undefined
}
