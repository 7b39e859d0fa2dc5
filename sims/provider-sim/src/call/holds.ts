/** Which calls are held: those whose definition contains the text, of any attempt when none is named. */
export interface Hold {
  matching: string
  /** Only the so-maniest call of a definition, from 1. */
  attempt?: number
}

/** Calls that are answered when somebody says so, for tests that must not depend on how long anything takes. */
export class Holds {
  readonly #held = new Map<Hold, Promise<void>>()

  /** From now on; the answer ends it. */
  add(hold: Hold): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held.set(hold, promise)
    return () => {
      this.#held.delete(hold)
      resolve()
    }
  }

  /** Resolves when nothing holds the call any more, or the signal fires. */
  async released(definition: string, attempt: number, over: AbortSignal): Promise<void> {
    const mine = [...this.#held].filter(
      ([hold]) => definition.includes(hold.matching) && (hold.attempt ?? attempt) === attempt,
    )
    if (mine.length === 0 || over.aborted) return
    const { promise: left, resolve: leave } = Promise.withResolvers<void>()
    over.addEventListener('abort', () => leave(), { once: true })
    await Promise.race([Promise.all(mine.map(([, promise]) => promise)), left])
  }
}
