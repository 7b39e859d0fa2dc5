/** Something outside did not answer in time. It may still happen later, so the step must be repeatable. */
class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/** Waits for `step`, but not for ever. `what` names it in the error: `the journal`. */
export function within<T>(what: string, limitMs: number, step: Promise<T>): Promise<T> {
  // Not an async function around Promise.race: every type waits six times, and that shows in a profile.
  return new Promise((resolve, reject) => {
    const late = (): void =>
      reject(new DeadlineError(`${what} did not answer within ${limitMs} ms`))
    const timer = setTimeout(late, limitMs)
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
