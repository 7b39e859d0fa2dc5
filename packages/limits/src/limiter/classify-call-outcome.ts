import { ItemError } from '@capstan/shared/errors'
import type { CallOutcome, CallFailureKind } from '../types.ts'

/** Maps the error of a call to an outcome for limits and breaker. An error other than ItemError is a cancelled call. */
export function classifyCallOutcome(
  error: unknown,
): Omit<CallOutcome, 'kind'> & { kind: CallFailureKind } {
  if (!(error instanceof ItemError)) return { kind: 'aborted' }
  const { observed, retryAfterMs, message } = error
  return { kind: classifyFailure(error), observed, retryAfterMs, cause: message }
}

function classifyFailure({ reason, policy, isRamp }: ItemError): CallFailureKind {
  if (reason === 'rate_limited') return isRamp ? 'ramp-limited' : 'rate-limited'
  if (reason === 'timeout') return 'timeout'
  return reason === 'provider_error' && policy === 'retry' ? 'overload' : 'refused'
}
