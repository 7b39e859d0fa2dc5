import Anthropic from '@anthropic-ai/sdk'
import { isAzureEndpoint, isVendorEndpoint } from '@capstan/shared/config/endpoint-vendor'
import {
  buildDefaultHeaders,
  listEndpointSecrets,
  type EndpointSettings,
} from './endpoint-settings.ts'
import type { EndpointDescription } from './errors/endpoint-description.ts'
import { createProviderFetch } from './provider-fetch.ts'

export interface AnthropicSettings extends EndpointSettings {
  /** For comparisons only. Default, and always in Capstan: none. */
  maxRetries?: number | undefined
}

/** Without any key the SDK looks for one in files of the user. Never sent: a null header takes its place. */
const NO_KEY = 'no-key'

/** The client that every use of one key shares the settings of, and what errors may say of it. */
export function openAnthropic(settings: AnthropicSettings): {
  client: Anthropic
  endpoint: EndpointDescription
} {
  const client = new Anthropic({
    apiKey: settings.apiKey ?? NO_KEY,
    baseURL: settings.baseUrl ?? 'https://api.anthropic.com',
    defaultHeaders: buildDefaultHeaders(settings, keyHeaders(settings)),
    // ANTHROPIC_LOG=debug would write prompts and headers to our output.
    logLevel: 'off',
    // The queue owns retries: an SDK that waits holds a slot and hides the fault.
    maxRetries: settings.maxRetries ?? 0,
    // Ours ends a call; were this one as long, it might fire first and look like a fault of the network.
    timeout: settings.timeoutMs * 2,
    fetch: createProviderFetch(),
  })
  const endpoint = {
    name: 'Anthropic',
    keyVariable: 'ANTHROPIC_API_KEY',
    urlVariable: 'ANTHROPIC_BASE_URL',
    modelChoice: 'CAPSTAN_MODEL (or `model` of the scan)',
    afterChange: 'restart the workers, then resume the scan',
    secrets: listEndpointSecrets(settings),
  }
  return { client, endpoint }
}

/** Gateways were built for the `x-api-key` of earlier SDKs; this SDK sends `authorization`, which is for tokens at Azure. */
function keyHeaders({ apiKey, baseUrl }: AnthropicSettings): Record<string, string | null> {
  if (apiKey === undefined || isVendorEndpoint('anthropic', baseUrl)) return {}
  return { 'x-api-key': apiKey, ...(isAzureEndpoint(baseUrl) ? { authorization: null } : {}) }
}
