import type { NetworkTarget } from '@capstan/shared/contract/network-target'
import { describeTarget } from '@capstan/shared/http/describe-target'
import { readProxyRules, type ProxySettings } from '@capstan/shared/http/proxy-rules'
import { readAccountSettings, type AccountSource } from './account-settings.ts'

const VENDORS = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com',
}

/** How this worker reaches the provider of each of its accounts. */
export function describeNetworkTargets(config: AccountSource & ProxySettings): NetworkTarget[] {
  const { choose } = readProxyRules(config)
  return readAccountSettings(config, 'demo').map(({ name, provider, baseUrl }) => {
    const url = baseUrl ?? VENDORS[provider]
    return describeTarget(name, url, choose(url))
  })
}
