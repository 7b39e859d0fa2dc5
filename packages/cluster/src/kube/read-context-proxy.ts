import { parseProxy, type ProxyServer } from '@capstan/shared/http/proxy-server'
import { misconfiguredError } from './misconfigured-error.ts'

const SETTING = 'proxy-url of the context'
/** Both let the proxy resolve the host name, as in client-go. */
const SOCKS = ['socks5:', 'socks5h:']
const SOCKS_PORT = 1080

/** Parses the `proxy-url` of a context. Throws CLUSTER_MISCONFIGURED unless it is http, https or socks5, like kubectl. */
export function readContextProxy(
  context: string,
  proxyUrl: string | null | undefined,
): ProxyServer | undefined {
  if (!proxyUrl) return undefined
  const url = URL.parse(proxyUrl)
  if (url && SOCKS.includes(url.protocol) && url.hostname !== '') {
    return {
      url: url.href,
      address: `${url.hostname}:${url.port || SOCKS_PORT}`,
      setting: SETTING,
      hasCredentials: url.username !== '',
    }
  }
  try {
    return parseProxy(proxyUrl, SETTING)
  } catch {
    // Not quoted: the text can contain a password in the wrong place.
    throw misconfiguredError(
      `The proxy-url of context "${context}" cannot be used`,
      'Write it as http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT, without a path.',
    )
  }
}

export function isSocks({ url }: ProxyServer): boolean {
  return SOCKS.includes(new URL(url).protocol)
}
