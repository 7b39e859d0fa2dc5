import type { IncomingMessage } from 'node:http'
import type { Log } from '@capstan/shared/log'
import { parsePathPrefix } from './path-prefix.ts'
import { parseTrustedProxies } from './trusted-proxies.ts'

/** The path below which the caller of a request reaches this server; empty for the root. */
export type FindPrefix = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string

export interface LinkSettings {
  /** CAPSTAN_PUBLIC_URL: its path goes before each link, whatever a proxy sends. */
  publicUrl?: string | undefined
  /** CAPSTAN_TRUSTED_PROXIES: whose X-Forwarded-Prefix counts while there is no public URL. */
  trustedProxies?: string | undefined
}

/** Decides by the settings, else by the header of a trusted proxy. A header that is no path is ignored and logged once. */
export function openPrefixFinder(
  log: Pick<Log, 'warn'>,
  { publicUrl, trustedProxies }: LinkSettings = {},
): FindPrefix {
  if (publicUrl !== undefined) {
    const prefix = parsePathPrefix(new URL(publicUrl).pathname) ?? ''
    return () => prefix
  }
  if (trustedProxies === undefined) return () => ''
  const isTrusted = parseTrustedProxies(trustedProxies)
  let isLogged = false
  return ({ headers, socket }) => {
    const header = headers['x-forwarded-prefix']
    if (header === undefined || !isTrusted(socket.remoteAddress)) return ''
    const prefix = parsePathPrefix(String(header))
    if (prefix !== undefined) return prefix
    if (!isLogged)
      log.warn('an X-Forwarded-Prefix is ignored: it must be one path such as /capstan')
    isLogged = true
    return ''
  }
}
