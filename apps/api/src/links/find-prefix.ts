import type { IncomingMessage } from 'node:http'
import type { Log } from '@capstan/shared/log'
import { parsePathPrefix } from './path-prefix.ts'
import { parseTrustedProxies } from './trusted-proxies.ts'

/** Returns the path prefix at which the caller reaches this server; empty for the root. */
export type FindPrefix = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string

export interface LinkSettings {
  /** CAPSTAN_PUBLIC_URL. Its path is the prefix of all links, whatever a proxy sends. */
  publicUrl?: string | undefined
  /** CAPSTAN_TRUSTED_PROXIES. Their X-Forwarded-Prefix is used without a public URL. */
  trustedProxies?: string | undefined
}

/**
 * Creates the prefix lookup: the settings, else the header of a trusted proxy. An invalid header is ignored and logged
 * once.
 */
export function createPrefixFinder(
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
      log.warn('ignored an invalid X-Forwarded-Prefix: it must be one path such as /capstan')
    isLogged = true
    return ''
  }
}
