import { parseNoProxy, type NoProxy } from './no-proxy.ts'
import { parseProxy, type ProxyServer } from './proxy-server.ts'

/** Which proxy serves which targets. */
export interface ProxyRules {
  https: ProxyServer | undefined
  http: ProxyServer | undefined
  isDirect: NoProxy
}

export interface ProxySettings {
  HTTPS_PROXY?: string | undefined
  HTTP_PROXY?: string | undefined
  NO_PROXY?: string | undefined
}

/** Reads settings that were checked before. Undefined when there is no proxy. */
export function readProxyRules(settings: ProxySettings): ProxyRules | undefined {
  const { HTTPS_PROXY, HTTP_PROXY, NO_PROXY = '' } = settings
  if (HTTPS_PROXY === undefined && HTTP_PROXY === undefined) return undefined
  return {
    https: HTTPS_PROXY === undefined ? undefined : parseProxy(HTTPS_PROXY, 'HTTPS_PROXY'),
    http: HTTP_PROXY === undefined ? undefined : parseProxy(HTTP_PROXY, 'HTTP_PROXY'),
    isDirect: parseNoProxy(NO_PROXY),
  }
}

/** The proxy for a URL, by its scheme; undefined when it is reached directly. */
export function chooseProxy(rules: ProxyRules, target: string): ProxyServer | undefined {
  const { protocol, hostname, port } = new URL(target)
  const isHttps = protocol === 'https:'
  const proxy = isHttps ? rules.https : rules.http
  return rules.isDirect(hostname, Number(port) || (isHttps ? 443 : 80)) ? undefined : proxy
}
