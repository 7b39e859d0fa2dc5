import { parseHostPatterns, type NoProxy } from '@capstan/shared/http/no-proxy'
import {
  readProxyRules,
  type ProxyRules,
  type ProxySettings,
} from '@capstan/shared/http/proxy-rules'

export interface WebhookSettings {
  /** Secrets of webhooks are derived from it. Undefined: webhooks are off. */
  secret: string | undefined
  /** Returns true for hosts and addresses that may be private, or reached by http. */
  isAllowed: NoProxy
  proxies: ProxyRules
}

export function readWebhookSettings(
  config: ProxySettings & {
    CAPSTAN_WEBHOOK_SECRET?: string | undefined
    CAPSTAN_WEBHOOK_ALLOW?: string | undefined
  },
): WebhookSettings {
  return {
    secret: config.CAPSTAN_WEBHOOK_SECRET,
    isAllowed: parseHostPatterns(config.CAPSTAN_WEBHOOK_ALLOW ?? ''),
    proxies: readProxyRules(config),
  }
}
