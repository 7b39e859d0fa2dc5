import { ProxyAgent, type buildConnector, type Dispatcher } from 'undici'
import { explainProxyFault } from './explain-proxy-fault.ts'
import type { ProxyServer } from './proxy-server.ts'
import { targetAddress } from './target-address.ts'

/**
 * Sends requests through one proxy: https by CONNECT, http as proxies forward it. What goes wrong there is a ProxyError.
 * `requestTls` is for the target, not for the proxy.
 */
export function openProxyDispatcher(
  proxy: ProxyServer,
  requestTls?: buildConnector.BuildOptions,
): Dispatcher {
  const agent = new ProxyAgent({ uri: proxy.url, ...(requestTls && { requestTls }) })
  return explainFaults(agent, proxy)
}

/** A dispatcher through `proxy` whose errors say what the proxy had to do with them. */
export function explainFaults(dispatcher: Dispatcher, proxy: ProxyServer): Dispatcher {
  return dispatcher.compose(
    (dispatch) => (options, handler) =>
      dispatch(options, explainingHandler(handler, proxy, targetAddress(options.origin ?? ''))),
  )
}

function explainingHandler(
  handler: Dispatcher.DispatchHandler,
  proxy: ProxyServer,
  target: string,
): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...given) => handler.onRequestStart?.(...given),
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (controller, error) =>
      handler.onResponseError?.(controller, explainProxyFault(error, proxy, target)),
  }
}
