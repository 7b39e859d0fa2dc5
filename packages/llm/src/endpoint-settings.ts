import type { RequestHeaders } from '@capstan/shared/config/headers-setting'
import { listHeaderSecrets } from '@capstan/shared/config/headers-setting'

/** URL and credentials of an endpoint. */
export interface EndpointSettings {
  /** Undefined: calls have no key. */
  apiKey?: string | undefined
  /** Validated, without a trailing slash. Undefined: the default of the vendor. */
  baseUrl?: string | undefined
  /** Additional headers of every request. They replace headers of the same name, including `authorization`. */
  headers?: RequestHeaders | undefined
  timeoutMs: number
  /** True: assume the full dialect, so that no call waits for its detection. Default: true for endpoints of the vendor. */
  assumesFullDialect?: boolean | undefined
}

/** Headers with the key. `null` removes a header of the SDK. */
export type KeyHeaders = Record<string, string | null>

/** Builds the headers that the SDK adds to every request. */
export function buildDefaultHeaders(
  { apiKey, headers }: EndpointSettings,
  keyHeaders: KeyHeaders,
): KeyHeaders {
  return { ...(apiKey === undefined ? { authorization: null } : keyHeaders), ...headers }
}

/** Lists the secrets of an endpoint, for redaction. */
export function listEndpointSecrets({ apiKey, headers = {} }: EndpointSettings): string[] {
  return [...(apiKey === undefined ? [] : [apiKey]), ...listHeaderSecrets(headers)]
}
