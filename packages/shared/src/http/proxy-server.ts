import { targetAddress } from './target-address.ts'

/** An HTTP proxy and its setting. */
export interface ProxyServer {
  /** May contain a user name and password. Never shown. */
  readonly url: string
  /** `host:port`, safe to show. */
  readonly address: string
  /** `HTTPS_PROXY`, `HTTP_PROXY`, or `proxy-url` of a kubeconfig. */
  readonly setting: string
  readonly hasCredentials: boolean
}

const EXAMPLE = 'proxy.example:3128'
const SUPPORTED = /^https?:\/\//i

/**
 * Parses the URL of a proxy. Throws an Error that suggests a valid form. The message quotes at most host and port, because
 * the rest may contain a password.
 */
export function parseProxy(text: string, setting: string): ProxyServer {
  const written = text.trim()
  if (!SUPPORTED.test(written)) throw new Error(findSchemeFault(written))
  const url = URL.parse(written)
  if (!url || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new Error(
      `must be the URL of a proxy without a path, such as ${correctScheme(written)}; in a password write @ as %40, / as %2F, # as %23, ? as %3F`,
    )
  }
  if (!isEncoded(url.username) || !isEncoded(url.password)) {
    throw new Error(
      `has an invalid percent-encoding in its user or password; write % as %25, as in ${correctScheme(written)}`,
    )
  }
  return {
    url: url.href,
    address: targetAddress(url),
    setting,
    hasCredentials: url.username !== '',
  }
}

function findSchemeFault(written: string): string {
  if (/^socks/i.test(written)) {
    return `SOCKS proxies are not supported; name an HTTP proxy, as in http://${EXAMPLE}, or unset it for Capstan`
  }
  const form = correctScheme(written)
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written)?.[1]
  return scheme === undefined
    ? `has no scheme; write ${form}`
    : `must begin with http:// or https://, not ${scheme}://; write ${form}`
}

/** Host and port. The part after the last @ cannot be a password. */
function correctScheme(written: string): string {
  const bare = written
    .replace(/^["']|["']$/g, '')
    .replace(/^(?:[a-z][a-z0-9+.-]*:\/+|https?:)/i, '')
  const place = bare.slice(bare.lastIndexOf('@') + 1).replace(/\/$/, '')
  const isPlace = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(place)
  const address = isPlace && URL.canParse(`http://${place}`) ? place : EXAMPLE
  // In one URL, the placeholders would be redacted as secrets.
  return `http://${address}${bare.includes('@') ? ' with USER:PASSWORD@ before the host' : ''}`
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
