import { ItemError } from '@capstan/shared/errors'

/** Longest a single call may take, body included. SDK time-outs end with the headers; this one does not. */
export const CALL_TIMEOUT_MS = 120_000

/**
 * Runs one call under the caller's signal and our own deadline. The deadline becomes an ItemError
 * `timeout`; the caller's own abort is thrown as its reason.
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
      hint: 'Raise CAPSTAN_CALL_TIMEOUT_MS when the model is slow by nature.',
      cause: error,
    })
  }
}
