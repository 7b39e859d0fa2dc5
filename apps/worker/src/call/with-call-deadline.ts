import { ItemError } from '@capstan/shared/errors'
import type { Stage } from './model-call.ts'

/** Time for the SDK to honour its own deadline first. */
const GRACE_MS = 1_000

/** Ends a call at our own deadline, because an SDK may ignore its signal. Throws ItemError `timeout`. */
export function withCallDeadline(timeoutMs: number): Stage {
  return (next) => async (request) => {
    const { signal } = request
    signal.throwIfAborted()
    const call = new AbortController()
    const passOn = (): void => call.abort(signal.reason)
    signal.addEventListener('abort', passOn)
    const timer = setTimeout(() => call.abort(createTimeoutError(timeoutMs)), timeoutMs + GRACE_MS)
    const aborted = new Promise<never>((_, reject) => {
      call.signal.addEventListener('abort', () => reject(call.signal.reason))
    })
    try {
      return await Promise.race([next({ ...request, signal: call.signal }), aborted])
    } catch (error) {
      // The SDK may wrap our abort into an error of its own.
      call.signal.throwIfAborted()
      throw error
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', passOn)
    }
  }
}

function createTimeoutError(limitMs: number): ItemError {
  return new ItemError('timeout', 'retry', `The provider did not answer within ${limitMs} ms`)
}
