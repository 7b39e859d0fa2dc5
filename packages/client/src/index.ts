import createClient, { type Client } from 'openapi-fetch'
import type { OpenStream } from './follow-scan-events.ts'
import type { components, paths } from './generated/openapi.ts'
import { iterateScanEvents, type ScanEvent, type WatchScanOptions } from './iterate-scan-events.ts'

// The entry of the published package, the only one that its users see.
export { CapstanError } from './capstan-error.ts'
export { isProblem, type ApiProblem, type ApiProblemCode } from './problem.ts'
export type { ScanEvent, WatchScanOptions } from './iterate-scan-events.ts'

/** Schemas of the API by name, such as `Schemas['Scan']`. */
export type Schemas = components['schemas']

export interface CapstanClientOptions {
  /** URL of the server with its path prefix, without /api/v1. */
  server: string
  /** Sent as a bearer token. Default: none, for a server without tokens, and for pages with a session cookie. */
  token?: string | undefined
  /** Default: the global one. */
  fetch?: typeof globalThis.fetch | undefined
}

/**
 * `GET`, `POST`, `PUT` and `DELETE` of openapi-fetch return `data`, or `error` (see isProblem). They reject only when there is
 * no response.
 */
export interface CapstanClient extends Client<paths> {
  /**
   * Yields the events of a scan and ends after its last one, `scan.finished` with `scan`. Reconnects after the last event, at any
   * replica. Throws CapstanError when the server refuses, and the reason of `signal` when that is aborted.
   */
  watchScan(scanId: string, options?: WatchScanOptions): AsyncGenerator<ScanEvent, void>
}

/** Creates a client of one server. Throws TypeError for an unusable server URL or token. */
export function createCapstanClient(options: CapstanClientOptions): CapstanClient {
  const server = parseServer(options.server)
  const headers = buildHeaders(options.token)
  const send = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const client = createClient<paths>({ baseUrl: server, headers, fetch: send })
  const open: OpenStream = (path, init) =>
    send(`${server}${path}`, { ...init, headers: { ...init.headers, ...headers } })
  return { ...client, watchScan: (scanId, watch = {}) => iterateScanEvents(open, scanId, watch) }
}

/** Errors do not repeat the URL, because it may contain a password. */
function parseServer(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('`server` must be a URL with http:// or https://')
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('`server` must not contain a user or a password; use `token`')
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** Checked here, because the error of `fetch` would contain the token. */
function buildHeaders(token: string | undefined): Record<string, string> {
  if (token === undefined) return {}
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new TypeError('`token` is empty or contains spaces, line breaks or other characters')
  }
  return { authorization: `Bearer ${token}` }
}
