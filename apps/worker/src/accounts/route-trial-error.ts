/** The call was not sent: its account has rejected all calls, and one trial call tests whether it still does. */
export class RouteTrialError extends Error {
  override readonly name = 'RouteTrialError'
  /** In milliseconds. */
  readonly retryAfterMs: number

  constructor(account: string, words: string | undefined, retryAfterMs: number) {
    const last = words === undefined ? '' : `; the last one failed: ${words}`
    super(`one call tests whether account ${account} answers again${last}`)
    this.retryAfterMs = retryAfterMs
  }
}
