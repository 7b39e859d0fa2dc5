interface DeferredRetry {
  version: string
  /** Current backoff in ms. */
  waitMs: number
  dueAt: number
}

/**
 * Exponential backoff by type: each failure doubles the wait up to `maxMs`. A new version of a definition is due at
 * once.
 */
export class RetryBackoff {
  private readonly waiting = new Map<string, DeferredRetry>()
  private readonly firstMs: number
  private readonly maxMs: number
  private readonly now: () => number

  constructor(firstMs: number, maxMs: number, now = (): number => performance.now()) {
    this.firstMs = firstMs
    this.maxMs = maxMs
    this.now = now
  }

  /** Milliseconds until the next attempt; 0 when it is due, undefined without a failure of this version. */
  dueInMs(resource: string, version: string): number | undefined {
    const found = this.waiting.get(resource)
    if (found?.version !== version) return undefined
    return Math.max(0, found.dueAt - this.now())
  }

  isDue(resource: string, version: string): boolean {
    return (this.dueInMs(resource, version) ?? 0) === 0
  }

  /** Records a failed attempt. A type that still waits keeps its due time. */
  note(resource: string, version: string): void {
    if (!this.isDue(resource, version)) return
    const before = this.waiting.get(resource)
    const doubled = before?.version === version ? before.waitMs * 2 : this.firstMs
    const waitMs = Math.min(doubled, this.maxMs)
    this.waiting.set(resource, { version, waitMs, dueAt: this.now() + waitMs })
  }

  /** Removes all types for which `isOfInterest` returns false. */
  keep(isOfInterest: (resource: string) => boolean): void {
    for (const resource of this.waiting.keys()) {
      if (!isOfInterest(resource)) this.waiting.delete(resource)
    }
  }
}
