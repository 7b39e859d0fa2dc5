// A client that waits exactly the reported time must not be rejected because of rounding.
const ROUNDING = 1e-6

/** A continuously refilled bucket, as both vendors describe theirs. Times in ms, amounts in units. */
export class TokenBucket {
  #capacity: number
  #perMs: number
  #level: number
  #atMs: number

  /** Starts full. `burstSeconds`: capacity in seconds of refill. */
  constructor(perMinute: number, nowMs: number, burstSeconds = 60) {
    this.#capacity = computeCapacity(perMinute, burstSeconds)
    this.#perMs = perMinute / 60_000
    this.#level = this.#capacity
    this.#atMs = nowMs
  }

  get capacity(): number {
    return this.#capacity
  }

  level(nowMs: number): number {
    // The clock never runs backwards, but two readings of one call may arrive in either order.
    const elapsedMs = Math.max(0, nowMs - this.#atMs)
    this.#level = Math.min(this.#capacity, this.#level + elapsedMs * this.#perMs)
    this.#atMs += elapsedMs
    return this.#level
  }

  /**
   * 0 when `amount` is available, otherwise the wait until it is. A larger amount than the capacity needs a
   * full bucket.
   */
  waitMs(amount: number, nowMs: number): number {
    const missing = Math.min(amount, this.#capacity) - this.level(nowMs)
    return missing <= ROUNDING ? 0 : missing / this.#perMs
  }

  /** Takes an amount (negative: refunds it). The level may fall below zero, and never exceeds the capacity. */
  take(amount: number, nowMs: number): void {
    this.#level = Math.min(this.#capacity, this.level(nowMs) - amount)
  }

  /** Time until the bucket is full. */
  fullInMs(nowMs: number): number {
    return (this.#capacity - this.level(nowMs)) / this.#perMs
  }

  /** Changes the limit. The level is kept up to the new capacity. */
  retune(perMinute: number, nowMs: number, burstSeconds = 60): void {
    const level = this.level(nowMs)
    this.#capacity = computeCapacity(perMinute, burstSeconds)
    this.#perMs = perMinute / 60_000
    this.#level = Math.min(this.#capacity, level)
  }
}

/** At least one, because a bucket that never holds a whole request would admit none. */
function computeCapacity(perMinute: number, burstSeconds: number): number {
  return Math.max(1, (perMinute * burstSeconds) / 60)
}
