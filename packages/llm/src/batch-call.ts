import { withDeadline } from './call-deadline.ts'
import { classifyError } from './classify-error.ts'
import type { Endpoint } from './errors/endpoint.ts'

export type BatchCall = <T>(
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
) => Promise<T>

/** Runs what asks a provider under the caller's signal and our deadline; throws ItemError or the signal's reason. */
export function batchCall(endpoint: Endpoint, timeoutMs: number): BatchCall {
  return async (signal, call) => {
    try {
      return await withDeadline(timeoutMs, signal, call)
    } catch (error) {
      signal.throwIfAborted()
      throw classifyError(error, endpoint)
    }
  }
}
