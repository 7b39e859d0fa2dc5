/** Runs at most `count` tasks at a time. Further tasks wait in order. */
export function createConcurrencyLimit(
  count: number,
): <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  let free = count
  const queue: (() => void)[] = []
  const release = (): void => {
    const next = queue.shift()
    if (next) next()
    else free++
  }
  return async (task, signal) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => queue.push(resolve))
    try {
      signal.throwIfAborted()
      return await task()
    } finally {
      release()
    }
  }
}
