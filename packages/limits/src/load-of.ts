import { ItemError } from '@capstan/shared/errors'
import type { Ending, FailKind } from './types.ts'

/** What the end of a call says about its provider, for limits and breaker. */
export function loadOf(error: unknown): Omit<Ending, 'kind'> & { kind: FailKind } {
  if (!(error instanceof ItemError)) return { kind: 'aborted' }
  const { observed, retryAfterMs, message } = error
  return { kind: kindOf(error), observed, retryAfterMs, cause: message }
}

function kindOf({ reason, policy, isRamp }: ItemError): FailKind {
  if (reason === 'rate_limited') return isRamp ? 'ramp' : 'throttled'
  if (reason === 'timeout') return 'timeout'
  return reason === 'provider_error' && policy === 'retry' ? 'overload' : 'refused'
}
