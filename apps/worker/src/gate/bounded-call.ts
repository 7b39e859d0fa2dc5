import { ItemError } from '@capstan/shared/errors'
import type { ModelAnswer } from '@capstan/shared/inference/types'

/** Time a model has to honour its own deadline before ours cuts it off. */
const GRACE_MS = 1_000

/** Our own deadline on top of the model's, which may not honour its signal. */
export async function boundedCall(
  ask: (signal: AbortSignal) => Promise<ModelAnswer>,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<ModelAnswer> {
  signal.throwIfAborted()
  const call = new AbortController()
  const passOn = (): void => call.abort(signal.reason)
  signal.addEventListener('abort', passOn)
  const timer = setTimeout(() => call.abort(timeout(timeoutMs)), timeoutMs + GRACE_MS)
  const aborted = new Promise<never>((_, reject) => {
    call.signal.addEventListener('abort', () => reject(call.signal.reason))
  })
  try {
    return await Promise.race([ask(call.signal), aborted])
  } catch (error) {
    // The model may have dressed our abort up as an error of its own.
    call.signal.throwIfAborted()
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', passOn)
  }
}

function timeout(limitMs: number): ItemError {
  return new ItemError('timeout', 'retry', `The provider did not answer within ${limitMs} ms`)
}
