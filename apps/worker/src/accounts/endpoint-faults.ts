import { baseUrlSetting } from '@capstan/shared/config/base-url'
import {
  readDeploymentName,
  endpointVendor,
  type EndpointVendor,
  type ApiFormat,
} from '@capstan/shared/config/endpoint-vendor'
import { HeadersText, type RequestHeaders } from '@capstan/shared/config/headers-setting'
import { MoreAccounts, PLAIN_SETTINGS } from './endpoint-config.ts'

type Given = Record<string, string | undefined>

interface Endpoint {
  apiKey: string | undefined
  baseUrl: string | undefined
  headers: RequestHeaders
  apiVersion: string | undefined
  /** As the operator knows them, for the message. */
  names: { key: string; baseUrl: string; headers: string; apiVersion: string }
}

/** Faults between key, base URL, headers and API version of one account, each with the setting to set. */
export function findEndpointFaults(given: Given): string[] {
  const plain = (['anthropic', 'openai'] as const).flatMap((wire) => findPlainFaults(given, wire))
  const more = MoreAccounts.safeParse(given['CAPSTAN_ACCOUNTS'] ?? '[]').data ?? []
  return [
    ...plain,
    ...more.flatMap((account, index) => {
      const names = {
        key: 'apiKey',
        baseUrl: 'baseUrl',
        headers: 'headers',
        apiVersion: 'apiVersion',
      }
      const { apiKey = '', baseUrl, headers } = account
      const apiVersion = account.provider === 'openai' ? account.apiVersion : undefined
      const endpoint = { apiKey: apiKey || undefined, baseUrl, headers, apiVersion, names }
      return [...findMissingEndpoint(endpoint), ...checkEndpoint(endpoint)].map(
        (fault) => `CAPSTAN_ACCOUNTS.${index}: ${fault}`,
      )
    }),
  ]
}

function findPlainFaults(given: Given, wire: ApiFormat): string[] {
  const settings = PLAIN_SETTINGS[wire]
  const names = { ...settings, apiVersion: 'OPENAI_API_VERSION' }
  const endpoint: Endpoint = {
    apiKey: given[names.key],
    baseUrl: baseUrlSetting(wire).safeParse(given[names.baseUrl]).data,
    headers: HeadersText.safeParse(given[names.headers]).data ?? {},
    apiVersion: wire === 'openai' ? given[names.apiVersion] : undefined,
    names,
  }
  if (endpoint.apiKey !== undefined || given[names.baseUrl] !== undefined) {
    return checkEndpoint(endpoint)
  }
  if (given[names.headers] === undefined) return []
  return [
    `${names.headers}: is never sent without ${names.key} or ${names.baseUrl}; set one of them`,
  ]
}

function findMissingEndpoint({ apiKey, baseUrl }: Endpoint): string[] {
  return (apiKey ?? baseUrl) === undefined ? ['needs an apiKey or a baseUrl'] : []
}

function checkEndpoint(endpoint: Endpoint): string[] {
  return [...findKeyFaults(endpoint), ...findMissingKey(endpoint), ...findMissingVersion(endpoint)]
}

/** A key travels in a header. */
function findKeyFaults({ apiKey, names }: Endpoint): string[] {
  if (apiKey === undefined || /^[\u0021-\u007E]+$/.test(apiKey)) return []
  return [`${names.key}: holds a space, a line break or a character that headers cannot hold`]
}

const VENDOR_NAMES: Record<EndpointVendor, string> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  azure: 'Azure OpenAI',
}

function findMissingKey({ apiKey, baseUrl, headers, names }: Endpoint): string[] {
  const vendor = baseUrl === undefined ? undefined : endpointVendor(baseUrl)
  const isIdentified = ['authorization', 'api-key', 'x-api-key'].some((name) => name in headers)
  if (vendor === undefined || apiKey !== undefined || isIdentified) return []
  const file = names.key === 'apiKey' ? '' : ` (or ${names.key}_FILE)`
  return [
    `${names.baseUrl}: ${VENDOR_NAMES[vendor]} answers nothing without a key; set ${names.key}${file}`,
  ]
}

/** The paths of deployments do not exist without a version; the surface below /openai/v1 needs none. */
function findMissingVersion({ baseUrl, apiVersion, names }: Endpoint): string[] {
  if (baseUrl === undefined || apiVersion !== undefined) return []
  if (endpointVendor(baseUrl) !== 'azure' || readDeploymentName(baseUrl) === undefined) return []
  return [
    `${names.baseUrl}: Azure needs ${names.apiVersion} below /openai/deployments; set it, such as 2024-10-21`,
  ]
}
