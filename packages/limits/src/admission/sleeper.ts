/** A sleep that another call can end early. At most one caller sleeps at a time. */
export interface Sleeper {
  /** Throws the signal's reason if it fires. With `isWakeable`, `wake` ends the sleep early. */
  sleep(ms: number, signal: AbortSignal, isWakeable: boolean): Promise<void>
  wake(): void
}

/** Creates an idle sleeper. */
export function createSleeper(): Sleeper {
  let wakeUp: (() => void) | undefined
  return {
    sleep: async (ms, signal, isWakeable) => {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, ms)
      const abort = (): void => reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      if (isWakeable) wakeUp = resolve
      try {
        await promise
      } finally {
        wakeUp = undefined
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
      }
    },
    wake: () => wakeUp?.(),
  }
}
