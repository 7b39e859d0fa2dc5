interface Waiting {
  version: string
  /** How long it waits this time. */
  waitMs: number
  dueAt: number
}

/**
 * What could not be dealt with, and when it is worth another try: each time after twice as long, but never longer than
 * `mostMs`. Another version of a definition is another case and waits for nothing.
 */
export class PutOff {
  private readonly waiting = new Map<string, Waiting>()
  private readonly firstMs: number
  private readonly mostMs: number
  private readonly now: () => number

  constructor(firstMs: number, mostMs: number, now = (): number => performance.now()) {
    this.firstMs = firstMs
    this.mostMs = mostMs
    this.now = now
  }

  /** Milliseconds until the next try; 0 when it is due, undefined when this version was never put off. */
  dueInMs(resource: string, version: string): number | undefined {
    const found = this.waiting.get(resource)
    if (found?.version !== version) return undefined
    return Math.max(0, found.dueAt - this.now())
  }

  isDue(resource: string, version: string): boolean {
    return (this.dueInMs(resource, version) ?? 0) === 0
  }

  /** Puts off what was tried in vain; what still waits goes on waiting. */
  note(resource: string, version: string): void {
    if (!this.isDue(resource, version)) return
    const before = this.waiting.get(resource)
    const doubled = before?.version === version ? before.waitMs * 2 : this.firstMs
    const waitMs = Math.min(doubled, this.mostMs)
    this.waiting.set(resource, { version, waitMs, dueAt: this.now() + waitMs })
  }

  /** Forgets everything that is not of these types. */
  keep(isOfInterest: (resource: string) => boolean): void {
    for (const resource of this.waiting.keys()) {
      if (!isOfInterest(resource)) this.waiting.delete(resource)
    }
  }
}
