import { chooseProxy, readProxyRules, type ProxySettings } from './proxy-rules.ts'

/**
 * Lets every `fetch` of this process go through the proxies of the settings, whichever library calls it. For composition
 * roots, before the first request. Clients with connections of their own ask `chooseProxy`.
 */
export async function useProxies(settings: ProxySettings): Promise<void> {
  const rules = readProxyRules(settings)
  if (!rules) return
  // Without a proxy nothing has to wait for it.
  const [{ Agent, setGlobalDispatcher }, { openProxyDispatcher }] = await Promise.all([
    import('undici'),
    import('./proxy-dispatcher.ts'),
  ])
  const https = rules.https && openProxyDispatcher(rules.https)
  const http = rules.http && openProxyDispatcher(rules.http)
  setGlobalDispatcher(
    new Agent().compose((direct) => (options, handler) => {
      const proxy = chooseProxy(rules, String(options.origin))
      const through = proxy && (proxy === rules.https ? https : http)
      return through ? through.dispatch(options, handler) : direct(options, handler)
    }),
  )
}
