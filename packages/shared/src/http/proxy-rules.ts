import { parseNoProxy } from './no-proxy.ts'
import { parseProxy, type ProxyServer } from './proxy-server.ts'

export interface ProxySettings {
  HTTPS_PROXY?: string | undefined
  HTTP_PROXY?: string | undefined
  NO_PROXY?: string | undefined
}

/** Returns the proxy for a URL, by its scheme. Undefined: direct connection. */
export type ChooseProxy = (target: string) => ProxyServer | undefined

export interface ProxyRules {
  /** Empty: direct connections to all targets. */
  proxies: readonly ProxyServer[]
  choose: ChooseProxy
}

/** Parses validated settings. */
export function readProxyRules({ HTTPS_PROXY, HTTP_PROXY, NO_PROXY }: ProxySettings): ProxyRules {
  const https = HTTPS_PROXY === undefined ? undefined : parseProxy(HTTPS_PROXY, 'HTTPS_PROXY')
  const http = HTTP_PROXY === undefined ? undefined : parseProxy(HTTP_PROXY, 'HTTP_PROXY')
  const isDirect = parseNoProxy(NO_PROXY ?? '')
  return {
    proxies: [https, http].filter((proxy) => proxy !== undefined),
    choose: (target) => {
      const { protocol, hostname, port } = new URL(target)
      const isHttps = protocol === 'https:'
      const proxy = isHttps ? https : http
      return isDirect(hostname, Number(port) || (isHttps ? 443 : 80)) ? undefined : proxy
    },
  }
}
