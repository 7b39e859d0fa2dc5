/** A rest that can be cut short. One rests at a time. */
export interface Sleeper {
  /** Throws the signal's reason when it fires. `light`: `wake` ends it early. */
  sleep(ms: number, signal: AbortSignal, light: boolean): Promise<void>
  wake(): void
}

/** A createSleeper that nobody uses yet. */
export function createSleeper(): Sleeper {
  let wakeUp: (() => void) | undefined
  return {
    sleep: async (ms, signal, light) => {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, ms)
      const abort = (): void => reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      if (light) wakeUp = resolve
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
