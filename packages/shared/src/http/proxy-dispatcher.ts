import { ProxyAgent, type buildConnector, type Dispatcher } from 'undici'
import { explainProxyFault } from './explain-proxy-fault.ts'
import type { ProxyServer } from './proxy-server.ts'
import { targetAddress } from './target-address.ts'

/**
 * Opens a dispatcher through one proxy: a CONNECT tunnel for https, forwarded requests for http. Its errors are ProxyErrors.
 * `requestTls`: TLS options for the target, not for the proxy.
 */
export function openProxyDispatcher(
  proxy: ProxyServer,
  requestTls?: buildConnector.BuildOptions,
): Dispatcher {
  const agent = new ProxyAgent({ uri: proxy.url, ...(requestTls && { requestTls }) })
  return explainFaults(agent, proxy)
}

/** Wraps a dispatcher through `proxy` so that errors of the proxy become ProxyErrors. */
export function explainFaults(dispatcher: Dispatcher, proxy: ProxyServer): Dispatcher {
  return dispatcher.compose(
    (dispatch) => (options, handler) =>
      dispatch(
        options,
        createExplainingHandler(handler, proxy, targetAddress(options.origin ?? '')),
      ),
  )
}

function createExplainingHandler(
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
