/** A call was not sent, because its account has refused all calls and another one tries whether it still does. */
export class HeldBack extends Error {
  override readonly name = 'HeldBack'
  /** In milliseconds. */
  readonly retryAfterMs: number

  constructor(account: string, words: string | undefined, retryAfterMs: number) {
    const last = words === undefined ? '' : `; the last one failed: ${words}`
    super(`one call tries whether account ${account} answers again${last}`)
    this.retryAfterMs = retryAfterMs
  }
}
