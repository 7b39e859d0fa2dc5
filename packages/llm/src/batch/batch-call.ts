import { withCallTimeout } from '../call-timeout.ts'
import { classifyCallError } from '../classify-call-error.ts'
import type { EndpointDescription } from '../errors/endpoint-description.ts'

export type BatchCall = <T>(
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
) => Promise<T>

/** Creates a function that runs a request with the signal of the caller and a timeout. Throws ItemError or the reason of the signal. */
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
