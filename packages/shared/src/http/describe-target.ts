import type { NetworkTarget } from '../contract/network-target.ts'
import type { ProxyServer } from './proxy-server.ts'
import { targetAddress } from './target-address.ts'

/** Describes the network route to a URL: through a proxy, or direct. */
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
