import type { NetworkTarget } from '../contract/network-target.ts'
import { chooseProxy, type ProxyRules } from './proxy-rules.ts'
import type { ProxyServer } from './proxy-server.ts'
import { targetAddress } from './target-address.ts'

/** The way to a URL by the rules of this process. */
export function describeTarget(
  use: string,
  url: string,
  rules: ProxyRules | undefined,
): NetworkTarget {
  return describeWay(use, url, rules && chooseProxy(rules, url))
}

/** The way to a URL through a proxy, or directly. */
export function describeWay(
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
