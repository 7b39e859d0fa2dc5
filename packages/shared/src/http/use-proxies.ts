import { readProxyRules, type ProxySettings } from './proxy-rules.ts'

/**
 * Routes every `fetch` of this process, including those of libraries, through the proxies of the settings. Composition roots
 * call it before the first request. Clients with their own connections use `readProxyRules`.
 */
export async function useProxies(settings: ProxySettings): Promise<void> {
  const { proxies, choose } = readProxyRules(settings)
  if (proxies.length === 0) return
  // Loaded only with a proxy, because it slows the start of each process.
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
