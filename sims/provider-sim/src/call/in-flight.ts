/** Counts running calls, in total and per account. */
export class InFlight {
  readonly #ofAccount = new Map<string, number>()
  total = 0
  peak = 0

  of(account: string): number {
    return this.#ofAccount.get(account) ?? 0
  }

  enter(account: string): void {
    this.#ofAccount.set(account, this.of(account) + 1)
    this.total += 1
    this.peak = Math.max(this.peak, this.total)
  }

  leave(account: string): void {
    this.#ofAccount.set(account, this.of(account) - 1)
    this.total -= 1
  }
}
