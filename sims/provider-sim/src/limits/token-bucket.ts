// A client that waits exactly as long as it was told must not find a billionth missing.
const ROUNDING = 1e-6

/** A continuously refilled bucket, as both vendors describe theirs. Times in ms, amounts in units. */
export class TokenBucket {
  #capacity: number
  #perMs: number
  #level: number
  #atMs: number

  /** Starts full. `burstSeconds`: how much of a minute's refill it holds. */
  constructor(perMinute: number, nowMs: number, burstSeconds = 60) {
    this.#capacity = capacityOf(perMinute, burstSeconds)
    this.#perMs = perMinute / 60_000
    this.#level = this.#capacity
    this.#atMs = nowMs
  }

  get capacity(): number {
    return this.#capacity
  }

  level(nowMs: number): number {
    // A clock never runs back here, but two readings of one call may come in either order.
    const elapsedMs = Math.max(0, nowMs - this.#atMs)
    this.#level = Math.min(this.#capacity, this.#level + elapsedMs * this.#perMs)
    this.#atMs += elapsedMs
    return this.#level
  }

  /** 0 when `amount` is there, else the wait until it is. Larger amounts than the bucket need a full one. */
  waitMs(amount: number, nowMs: number): number {
    const missing = Math.min(amount, this.#capacity) - this.level(nowMs)
    return missing <= ROUNDING ? 0 : missing / this.#perMs
  }

  /** Takes (or, when negative, gives back); the level may fall below zero, and never rises above the capacity. */
  take(amount: number, nowMs: number): void {
    this.#level = Math.min(this.#capacity, this.level(nowMs) - amount)
  }

  /** Wait until the bucket is full again. */
  fullInMs(nowMs: number): number {
    return (this.#capacity - this.level(nowMs)) / this.#perMs
  }

  /** Another limit from now on; what is in the bucket stays, as far as it fits. */
  retune(perMinute: number, nowMs: number, burstSeconds = 60): void {
    const level = this.level(nowMs)
    this.#capacity = capacityOf(perMinute, burstSeconds)
    this.#perMs = perMinute / 60_000
    this.#level = Math.min(this.#capacity, level)
  }
}

/** At least one: a bucket that never holds a whole request would let none through. */
function capacityOf(perMinute: number, burstSeconds: number): number {
  return Math.max(1, (perMinute * burstSeconds) / 60)
}
