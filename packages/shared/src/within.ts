/** Something outside did not answer in time. It may still happen later, so the step must be repeatable. */
class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/** Waits for `step`, but not for ever. `what` names it in the error: `the journal`. */
export async function within<T>(what: string, limitMs: number, step: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const message = `${what} did not answer within ${limitMs} ms`
    timer = setTimeout(() => reject(new DeadlineError(message)), limitMs)
  })
  try {
    return await Promise.race([step, late])
  } finally {
    clearTimeout(timer)
  }
}
