import type { Provider } from '../contract/provider.ts'

/** API formats of a base URL. */
export type ApiFormat = Exclude<Provider, 'demo'>

/** Operator of an endpoint with rules that differ from those of compatible servers. */
export type EndpointVendor = ApiFormat | 'azure'

const VENDORS: readonly [EndpointVendor, RegExp][] = [
  ['openai', /(^|\.)openai\.com$/],
  ['anthropic', /(^|\.)anthropic\.com$/],
  // Azure clouds: global, US government, China.
  ['azure', /\.(openai\.azure|cognitiveservices\.azure|services\.ai\.azure)\.(com|us|cn)$/],
]
const DEPLOYMENT = /\/deployments\/([^/]+)/

/** The vendor of a valid URL, by its host. Undefined for all other servers. */
export function endpointVendor(baseUrl: string): EndpointVendor | undefined {
  // A trailing dot marks an absolute host name; the host is the same.
  const host = new URL(baseUrl).hostname.replace(/\.$/, '')
  return VENDORS.find(([, hosts]) => hosts.test(host))?.[0]
}

/**
 * True when the vendor of the API format runs the endpoint: no base URL, or one of the vendor. Only there Capstan expects the
 * default model, the newest API and the usual limits of the vendor.
 */
export function isVendorEndpoint(wire: Provider, baseUrl: string | undefined): boolean {
  return baseUrl === undefined || endpointVendor(baseUrl) === wire
}

/**
 * True when the endpoint expects its key in `api-key` (OpenAI) or `x-api-key` (Anthropic), like Azure. Gateways with the
 * deployment paths of Azure do so too.
 */
export function isAzureEndpoint(baseUrl: string | undefined): boolean {
  if (baseUrl === undefined) return false
  return endpointVendor(baseUrl) === 'azure' || readDeploymentName(baseUrl) !== undefined
}

/** The deployment in a base URL of Azure. Undefined when each call names its deployment. */
export function readDeploymentName(baseUrl: string): string | undefined {
  const name = DEPLOYMENT.exec(new URL(baseUrl).pathname)?.[1]
  return name === undefined ? undefined : decodeURIComponent(name)
}
