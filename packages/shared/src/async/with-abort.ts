/** Settles as `step` does, or rejects with the reason of `signal` once it aborts. The step itself is not cancelled. */
export async function withAbort<T>(step: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([step, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
