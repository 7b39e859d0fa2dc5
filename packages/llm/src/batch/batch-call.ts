import { withCallTimeout } from '../call-timeout.ts'
import { classifyCallError } from '../classify-call-error.ts'
import type { EndpointDescription } from '../errors/endpoint-description.ts'

export type BatchCall = <T>(
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
) => Promise<T>

/** Runs what asks a provider under the caller's signal and our deadline; throws ItemError or the signal's reason. */
export function createBatchCall(endpoint: EndpointDescription, timeoutMs: number): BatchCall {
  return async (signal, call) => {
    try {
      return await withCallTimeout(timeoutMs, signal, call)
    } catch (error) {
      signal.throwIfAborted()
      throw classifyCallError(error, endpoint)
    }
  }
}
