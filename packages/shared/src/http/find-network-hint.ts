import { ProxyError } from './proxy-error.ts'
import { isUntrustedCa, UNTRUSTED_CA_HINT } from './untrusted-ca.ts'

/** Finds the hint for an error of a proxy or an unknown CA. Undefined for other errors. */
export function findNetworkHint(error: unknown): string | undefined {
  return findProxyError(error)?.hint ?? (isUntrustedCa(error) ? UNTRUSTED_CA_HINT : undefined)
}

/** Finds the ProxyError in an error and its causes, because `fetch` and the SDKs wrap it. */
export function findProxyError(error: unknown): ProxyError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ProxyError) return at
  return undefined
}
