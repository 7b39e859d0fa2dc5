import type { Provider } from '../contract/provider.ts'

/** The wire formats that a base URL can speak. */
export type Wire = Exclude<Provider, 'demo'>

/** Who runs the endpoint of a base URL, where its rules differ from those of any compatible server. */
export type EndpointVendor = Wire | 'azure'

const VENDORS: readonly [EndpointVendor, RegExp][] = [
  ['openai', /(^|\.)openai\.com$/],
  ['anthropic', /(^|\.)anthropic\.com$/],
  // The clouds of Azure: global, US government, China.
  ['azure', /\.(openai\.azure|cognitiveservices\.azure|services\.ai\.azure)\.(com|us|cn)$/],
]
const DEPLOYMENT = /\/deployments\/([^/]+)/

/** The vendor by the host of a valid URL; undefined for every other server. */
export function endpointVendor(baseUrl: string): EndpointVendor | undefined {
  // A final dot makes a host name absolute; it names the same host.
  const host = new URL(baseUrl).hostname.replace(/\.$/, '')
  return VENDORS.find(([, hosts]) => hosts.test(host))?.[0]
}

/**
 * The vendor of the wire format itself answers here: no base URL, or one of its own. Only there are its default model, its
 * newest API and its usual limits to be expected.
 */
export function isVendorEndpoint(wire: Provider, baseUrl: string | undefined): boolean {
  return baseUrl === undefined || endpointVendor(baseUrl) === wire
}

/**
 * The endpoint takes its key in `api-key` (OpenAI) or `x-api-key` (Anthropic), as Azure does. Gateways that imitate the
 * deployment paths of Azure imitate this too.
 */
export function isAzureEndpoint(baseUrl: string | undefined): boolean {
  if (baseUrl === undefined) return false
  return endpointVendor(baseUrl) === 'azure' || deploymentName(baseUrl) !== undefined
}

/** The deployment that a base URL of Azure is bound to; undefined when calls name theirs. */
export function deploymentName(baseUrl: string): string | undefined {
  const name = DEPLOYMENT.exec(new URL(baseUrl).pathname)?.[1]
  return name === undefined ? undefined : decodeURIComponent(name)
}
