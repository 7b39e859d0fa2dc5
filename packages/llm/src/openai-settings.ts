import OpenAI from 'openai'
import { isAzureEndpoint, isVendorEndpoint } from '@capstan/shared/config/endpoint-vendor'
import {
  buildDefaultHeaders,
  listEndpointSecrets,
  type EndpointSettings,
} from './endpoint-settings.ts'
import type { EndpointDescription } from './errors/endpoint-description.ts'
import { createProviderFetch } from './provider-fetch.ts'

export interface OpenAiSettings extends EndpointSettings {
  /** Sent as `api-version` to any endpoint but OpenAI's own, and marks it as one of Azure. */
  apiVersion?: string | undefined
  /** Of one answer. Default: what a model may send. */
  maxAnswerBytes?: number | undefined
  /** Which wire format to speak. Default: `responses` at OpenAI itself, `chat` at any other base URL. */
  api?: 'responses' | 'chat' | undefined
}

/** The SDK refuses to start without one. Never sent: a null header takes its place. */
const NO_KEY = 'no-key'

/** The client that every use of one key shares the settings of, the form it speaks, and what errors may say of it. */
export function openOpenAi(settings: OpenAiSettings): {
  client: OpenAI
  endpoint: EndpointDescription
  api: 'responses' | 'chat'
} {
  const { apiKey, baseUrl, timeoutMs } = settings
  const isVendor = isVendorEndpoint('openai', baseUrl)
  const client = new OpenAI({
    apiKey: apiKey ?? NO_KEY,
    // Else the SDK reads further credentials from the environment and sends them to whatever server this is.
    adminAPIKey: null,
    ...(isVendor ? {} : { organization: null, project: null }),
    baseURL: baseUrl ?? 'https://api.openai.com/v1',
    defaultHeaders: buildDefaultHeaders(settings, keyHeaders(settings, isVendor)),
    defaultQuery: isVendor ? {} : { 'api-version': settings.apiVersion },
    // OPENAI_LOG=debug would write prompts and headers to our output.
    logLevel: 'off',
    maxRetries: 0,
    // Ours ends a call; were this one as long, it might fire first and look like a fault of the network.
    timeout: timeoutMs * 2,
    fetch: createProviderFetch(settings.maxAnswerBytes),
  })
  const endpoint = {
    name: 'OpenAI',
    keyVariable: 'OPENAI_API_KEY',
    urlVariable: 'OPENAI_BASE_URL',
    modelChoice: 'CAPSTAN_MODEL (or `model` of the scan)',
    afterChange: 'restart the workers, then resume the scan',
    secrets: listEndpointSecrets(settings),
  }
  return { client, endpoint, api: settings.api ?? (isVendor ? 'responses' : 'chat') }
}

/** Azure takes keys in a header of its own; `authorization` is for its access tokens. */
function keyHeaders({ apiKey, baseUrl, apiVersion }: OpenAiSettings, isVendor: boolean) {
  const isAzure = !isVendor && (isAzureEndpoint(baseUrl) || apiVersion !== undefined)
  return isAzure && apiKey !== undefined ? { authorization: null, 'api-key': apiKey } : {}
}
