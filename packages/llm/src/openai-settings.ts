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
  /** Query parameter `api-version`, for all endpoints except OpenAI. Marks the endpoint as Azure. */
  apiVersion?: string | undefined
  /** Maximum size of a response. Default: that of a model answer. */
  maxAnswerBytes?: number | undefined
  /** API of the endpoint. Default: `responses` for OpenAI, `chat` for any other base URL. */
  api?: 'responses' | 'chat' | undefined
}

/** Placeholder: the SDK requires a key. Never sent, because a null header replaces it. */
const NO_KEY = 'no-key'

/** Opens the client of an account, its API, and the description of its endpoint for errors. */
export function openOpenAi(settings: OpenAiSettings): {
  client: OpenAI
  endpoint: EndpointDescription
  api: 'responses' | 'chat'
} {
  const { apiKey, baseUrl, timeoutMs } = settings
  const isVendor = isVendorEndpoint('openai', baseUrl)
  const client = new OpenAI({
    apiKey: apiKey ?? NO_KEY,
    // Otherwise the SDK reads credentials from the environment and sends them to any server.
    adminAPIKey: null,
    ...(isVendor ? {} : { organization: null, project: null }),
    baseURL: baseUrl ?? 'https://api.openai.com/v1',
    defaultHeaders: buildDefaultHeaders(settings, buildKeyHeaders(settings, isVendor)),
    defaultQuery: isVendor ? {} : { 'api-version': settings.apiVersion },
    // OPENAI_LOG=debug would log prompts and headers.
    logLevel: 'off',
    maxRetries: 0,
    // withCallTimeout ends calls. An equal timeout here might fire first and look like a network fault.
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

/** Azure expects keys in the header `api-key`; `authorization` is for access tokens. */
function buildKeyHeaders({ apiKey, baseUrl, apiVersion }: OpenAiSettings, isVendor: boolean) {
  const isAzure = !isVendor && (isAzureEndpoint(baseUrl) || apiVersion !== undefined)
  return isAzure && apiKey !== undefined ? { authorization: null, 'api-key': apiKey } : {}
}
