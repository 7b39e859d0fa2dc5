/** A continuously refilled bucket, as both vendors describe theirs. Times in ms, amounts in units. */
export class TokenBucket {
  readonly #capacity: number
  readonly #perMs: number
  #level: number
  #atMs: number

  constructor(perMinute: number, nowMs: number) {
    this.#capacity = perMinute
    this.#perMs = perMinute / 60_000
    this.#level = perMinute
    this.#atMs = nowMs
  }

  level(nowMs: number): number {
    this.#level = Math.min(this.#capacity, this.#level + (nowMs - this.#atMs) * this.#perMs)
    this.#atMs = nowMs
    return this.#level
  }

  /** 0 when `amount` is there, else the wait until it is. Larger amounts than the bucket need a full one. */
  waitMs(amount: number, nowMs: number): number {
    const missing = Math.min(amount, this.#capacity) - this.level(nowMs)
    return missing <= 0 ? 0 : missing / this.#perMs
  }

  take(amount: number, nowMs: number): void {
    this.#level = this.level(nowMs) - amount
  }

  /** Wait until the bucket is full again. */
  fullInMs(nowMs: number): number {
    return (this.#capacity - this.level(nowMs)) / this.#perMs
  }
}
