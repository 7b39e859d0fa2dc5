/** The awaited step did not end in time. It may still take effect later, so the caller must be able to repeat it. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}

/**
 * Settles as `step` does, or rejects with TimeoutError after `timeoutMs`. The step itself is not cancelled.
 * `what` names its target in the error message, such as `the journal`.
 */
export function withTimeout<T>(step: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  // Promise.race in an async function shows in a CPU profile: each resource type waits six times.
  return new Promise((resolve, reject) => {
    const expire = (): void =>
      reject(new TimeoutError(`${what} did not answer within ${timeoutMs} ms`))
    const timer = setTimeout(expire, timeoutMs)
    step.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
