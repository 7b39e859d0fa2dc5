/** A proxy caused the failure of a request. Message and hint name the proxy, target and setting, without secrets. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
  readonly code = 'ERR_PROXY'
  /** Status of the response of the proxy. Undefined without a response. */
  readonly status: number | undefined
  /** The setting to check. */
  readonly hint: string

  constructor(message: string, hint: string, options: ErrorOptions & { status?: number } = {}) {
    super(message, options)
    this.status = options.status
    this.hint = hint
  }
}
