import { ItemError } from '@capstan/shared/errors'
import type { CallOutcome, CallFailureKind } from '../types.ts'

/** What the end of a call says about its provider, for limits and breaker. */
export function classifyCallOutcome(
  error: unknown,
): Omit<CallOutcome, 'kind'> & { kind: CallFailureKind } {
  if (!(error instanceof ItemError)) return { kind: 'aborted' }
  const { observed, retryAfterMs, message } = error
  return { kind: kindOf(error), observed, retryAfterMs, cause: message }
}

function kindOf({ reason, policy, isRamp }: ItemError): CallFailureKind {
  if (reason === 'rate_limited') return isRamp ? 'ramp-limited' : 'rate-limited'
  if (reason === 'timeout') return 'timeout'
  return reason === 'provider_error' && policy === 'retry' ? 'overload' : 'refused'
}
