import type { NetworkTarget } from '../contract/network-target.ts'
import type { ProxyServer } from './proxy-server.ts'
import { targetAddress } from './target-address.ts'

/** How a URL is reached: through a proxy, or directly without one. */
export function describeTarget(
  use: string,
  url: string,
  proxy: ProxyServer | undefined,
): NetworkTarget {
  return {
    use,
    target: targetAddress(url),
    proxy: proxy?.address ?? null,
    setting: proxy?.setting ?? null,
  }
}
