import Anthropic from '@anthropic-ai/sdk'
import type { Endpoint } from './errors/endpoint.ts'
import { providerFetch } from './provider-fetch.ts'

export interface AnthropicSettings {
  apiKey: string
  baseUrl?: string | undefined
  timeoutMs: number
  /** For comparisons only. */
  maxRetries?: number | undefined
}

/** The client that every use of one key shares the settings of, and what errors may say of it. */
export function openAnthropic(settings: AnthropicSettings): {
  client: Anthropic
  endpoint: Endpoint
} {
  const client = new Anthropic({
    apiKey: settings.apiKey,
    baseURL: settings.baseUrl ?? 'https://api.anthropic.com',
    // The queue owns retries: an SDK that waits holds a slot and hides the fault.
    maxRetries: settings.maxRetries ?? 0,
    // Ours ends a call; were this one as long, it might fire first and look like a fault of the network.
    timeout: settings.timeoutMs * 2,
    fetch: providerFetch(),
  })
  const endpoint = {
    name: 'Anthropic',
    keyVariable: 'ANTHROPIC_API_KEY',
    urlVariable: 'ANTHROPIC_BASE_URL',
    modelVariable: 'CAPSTAN_MODEL',
    afterChange: 'restart the workers, then resume the scan',
    secrets: [settings.apiKey],
  }
  return { client, endpoint }
}
