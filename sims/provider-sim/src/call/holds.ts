/** Selects held calls: those whose definition contains the text, of any attempt by default. */
export interface Hold {
  matching: string
  /** Only the n-th call of a definition, counted from 1. */
  attempt?: number
}

/** Calls whose answer waits for the test, so that tests do not depend on timing. */
export class Holds {
  readonly #held = new Map<Hold, Promise<void>>()

  /** Holds matching calls until the returned function is called. */
  add(hold: Hold): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held.set(hold, promise)
    return () => {
      this.#held.delete(hold)
      resolve()
    }
  }

  /** Resolves when nothing holds the call any more, or the signal is aborted. */
  async waitForRelease(definition: string, attempt: number, closed: AbortSignal): Promise<void> {
    const mine = [...this.#held].filter(
      ([hold]) => definition.includes(hold.matching) && (hold.attempt ?? attempt) === attempt,
    )
    if (mine.length === 0 || closed.aborted) return
    const { promise: left, resolve: leave } = Promise.withResolvers<void>()
    closed.addEventListener('abort', () => leave(), { once: true })
    await Promise.race([Promise.all(mine.map(([, promise]) => promise)), left])
  }
}
