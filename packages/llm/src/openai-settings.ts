import OpenAI from 'openai'
import { isVendorUrl } from './dialect/is-vendor-url.ts'
import type { Endpoint } from './errors/endpoint.ts'
import { providerFetch } from './provider-fetch.ts'

export interface OpenAiSettings {
  apiKey: string
  baseUrl?: string | undefined
  timeoutMs: number
  /** Of one answer. Default: what a model may send. */
  maxAnswerBytes?: number | undefined
  /** Which wire format to speak. Default: `responses` at OpenAI itself, `chat` at any other base URL. */
  api?: 'responses' | 'chat' | undefined
}

/** The client that every use of one key shares the settings of, the form it speaks, and what errors may say of it. */
export function openOpenAi(settings: OpenAiSettings): {
  client: OpenAI
  endpoint: Endpoint
  api: 'responses' | 'chat'
} {
  const client = new OpenAI({
    apiKey: settings.apiKey,
    baseURL: settings.baseUrl ?? 'https://api.openai.com/v1',
    maxRetries: 0,
    // Ours ends a call; were this one as long, it might fire first and look like a fault of the network.
    timeout: settings.timeoutMs * 2,
    fetch: providerFetch(settings.maxAnswerBytes),
  })
  const endpoint = {
    name: 'OpenAI',
    keyVariable: 'OPENAI_API_KEY',
    urlVariable: 'OPENAI_BASE_URL',
    modelVariable: 'CAPSTAN_MODEL',
    afterChange: 'restart the workers, then resume the scan',
    secrets: [settings.apiKey],
  }
  return {
    client,
    endpoint,
    api: settings.api ?? (isVendorUrl('openai', settings.baseUrl) ? 'responses' : 'chat'),
  }
}
