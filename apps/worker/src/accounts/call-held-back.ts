/** A call was not sent: its account has rejected all calls, and another call tests whether it still does. */
export class CallHeldBack extends Error {
  override readonly name = 'HeldBack'
  /** In milliseconds. */
  readonly retryAfterMs: number

  constructor(account: string, words: string | undefined, retryAfterMs: number) {
    const last = words === undefined ? '' : `; the last one failed: ${words}`
    super(`one call tests whether account ${account} answers again${last}`)
    this.retryAfterMs = retryAfterMs
  }
}
