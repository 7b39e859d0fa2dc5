import { isLoopbackHost } from '../http/is-loopback-host.ts'

/** The fault of a HOST without a token; undefined for a valid combination. Without a token only loopback hosts are allowed. */
export function findOpenHostFault(host: string | undefined, hasToken: boolean): string | undefined {
  if (hasToken || host === undefined || isLoopbackHost(host)) return undefined
  return `HOST: ${host} is open to others, so CAPSTAN_TOKEN must be set (or HOST=127.0.0.1)`
}
