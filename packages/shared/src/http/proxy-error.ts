/** A request failed at or because of a proxy. Message and hint name proxy, target and setting, and hold no secret. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
  readonly code = 'ERR_PROXY'
  /** The proxy's own answer; undefined when it gave none. */
  readonly status: number | undefined
  /** The setting to check. */
  readonly hint: string

  constructor(message: string, hint: string, options: ErrorOptions & { status?: number } = {}) {
    super(message, options)
    this.status = options.status
    this.hint = hint
  }
}
