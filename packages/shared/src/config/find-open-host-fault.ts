import { isLoopbackHost } from '../http/is-loopback-host.ts'

/** Why a server may not listen there without a token; undefined when it may. Blank counts as unset. */
export function findOpenHostFault(host: string | undefined, hasToken: boolean): string | undefined {
  if (hasToken || host === undefined || isLoopbackHost(host)) return undefined
  return `HOST: ${host} is open to others, so CAPSTAN_TOKEN must be set (or HOST=127.0.0.1)`
}
