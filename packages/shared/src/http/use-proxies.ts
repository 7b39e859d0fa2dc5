import { readProxyRules, type ProxySettings } from './proxy-rules.ts'

/**
 * Lets every `fetch` of this process go through the proxies of the settings, whichever library calls it. For composition
 * roots, before the first request. Clients with connections of their own ask `readProxyRules`.
 */
export async function useProxies(settings: ProxySettings): Promise<void> {
  const { proxies, choose } = readProxyRules(settings)
  if (proxies.length === 0) return
  // Loaded only when there is a proxy: every command and process would pay for it.
  const [{ Agent, setGlobalDispatcher }, { openProxyDispatcher }] = await Promise.all([
    import('undici'),
    import('./proxy-dispatcher.ts'),
  ])
  const dispatchers = new Map(proxies.map((proxy) => [proxy, openProxyDispatcher(proxy)]))
  setGlobalDispatcher(
    new Agent().compose((dispatchDirectly) => (options, handler) => {
      const proxy = choose(String(options.origin))
      const dispatcher = proxy && dispatchers.get(proxy)
      return dispatcher ? dispatcher.dispatch(options, handler) : dispatchDirectly(options, handler)
    }),
  )
}
