import type { RequestHeaders } from '@capstan/shared/config/headers-setting'
import { headerSecrets } from '@capstan/shared/config/headers-setting'

/** Where a model is asked, and what identifies the caller there. */
export interface EndpointSettings {
  /** Undefined: the endpoint needs none, and nothing is sent in its place. */
  apiKey?: string | undefined
  /** Checked and without a slash at its end. Undefined: the vendor's own. */
  baseUrl?: string | undefined
  /** Sent with every request. They replace headers of the same name, `authorization` among them. */
  headers?: RequestHeaders | undefined
  timeoutMs: number
  /** It takes every part of a request, as the vendor's own does: no call waits to find out. Default: only the vendor's own. */
  takesAll?: boolean | undefined
}

/** The header that carries the key: `null` keeps the SDK from sending one of that name. */
export type KeyHeaders = Record<string, string | null>

/** What the SDK sends with every request beside its own headers; a null removes one of them. */
export function buildDefaultHeaders(
  { apiKey, headers }: EndpointSettings,
  keyHeaders: KeyHeaders,
): KeyHeaders {
  return { ...(apiKey === undefined ? { authorization: null } : keyHeaders), ...headers }
}

/** Never to be seen in a text. */
export function listEndpointSecrets({ apiKey, headers = {} }: EndpointSettings): string[] {
  return [...(apiKey === undefined ? [] : [apiKey]), ...headerSecrets(headers)]
}
