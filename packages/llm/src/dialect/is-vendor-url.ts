const HOSTS = { openai: /(^|\.)openai\.com$/, anthropic: /(^|\.)anthropic\.com$/ } as const

/** Whether the vendor of a wire format answers at a base URL itself; undefined is its own. */
export function isVendorUrl(wire: keyof typeof HOSTS, baseUrl: string | undefined): boolean {
  return baseUrl === undefined || HOSTS[wire].test(new URL(baseUrl).hostname)
}
