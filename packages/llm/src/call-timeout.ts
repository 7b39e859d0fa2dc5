import { ItemError } from '@capstan/shared/errors'

/** Default timeout of a call, including the body. Timeouts of the SDKs cover only the headers. */
export const CALL_TIMEOUT_MS = 120_000

/**
 * Runs a call with a timeout and the signal of the caller. Throws ItemError `timeout`, or the reason of the signal.
 */
export async function withCallTimeout<T>(
  timeoutMs: number,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await call(AbortSignal.any([signal, deadline]))
  } catch (error) {
    signal.throwIfAborted()
    if (!deadline.aborted) throw error
    throw new ItemError('timeout', 'retry', `The provider did not answer within ${timeoutMs} ms`, {
      kind: 'timeout',
      hint: 'Increase CAPSTAN_CALL_TIMEOUT_MS for a slow model.',
      cause: error,
    })
  }
}
