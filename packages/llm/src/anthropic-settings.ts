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
  /** Retries of the SDK, for benchmarks only. Default: 0. */
  maxRetries?: number | undefined
}

/** Placeholder: without a key the SDK searches files of the user. Never sent, because a null header replaces it. */
const NO_KEY = 'no-key'

/** Opens the client of an account, and the description of its endpoint for errors. */
export function openAnthropic(settings: AnthropicSettings): {
  client: Anthropic
  endpoint: EndpointDescription
} {
  const client = new Anthropic({
    apiKey: settings.apiKey ?? NO_KEY,
    baseURL: settings.baseUrl ?? 'https://api.anthropic.com',
    defaultHeaders: buildDefaultHeaders(settings, buildKeyHeaders(settings)),
    // ANTHROPIC_LOG=debug would log prompts and headers.
    logLevel: 'off',
    // The queue retries. Retries in the SDK would occupy a slot and hide the fault.
    maxRetries: settings.maxRetries ?? 0,
    // withCallTimeout ends calls. An equal timeout here might fire first and look like a network fault.
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

/** Adds `x-api-key`, which gateways expect. The SDK sends `authorization`, which Azure accepts only for tokens. */
function buildKeyHeaders({ apiKey, baseUrl }: AnthropicSettings): Record<string, string | null> {
  if (apiKey === undefined || isVendorEndpoint('anthropic', baseUrl)) return {}
  return { 'x-api-key': apiKey, ...(isAzureEndpoint(baseUrl) ? { authorization: null } : {}) }
}
