import { createHash } from 'node:crypto'
import type { Provider } from '@capstan/shared/contract/provider'
import type { AccountSettings } from './account-settings.ts'

/** The endpoint of an account, for the analysis of faults. */
export interface Endpoint {
  /** Hash of the address. Redis stores it, so it holds neither a credential nor the address. */
  fingerprint: string
  /** Names the setting to check when no call is answered; part of a sentence. */
  check: string
  /** The setting that holds the address; undefined for the vendor's endpoint. */
  setting: string | undefined
}

/** The endpoint of an account without settings. */
export const VENDOR_ENDPOINT: Endpoint = {
  fingerprint: 'vendor',
  check: 'the network between the workers and the provider, and the status page of the provider',
  setting: undefined,
}

const VARIABLES = { anthropic: 'ANTHROPIC_BASE_URL', openai: 'OPENAI_BASE_URL' } as const
const USUAL_ENDS: Record<Exclude<Provider, 'demo'>, string> = {
  openai: 'it usually ends in /v1',
  // The SDK adds /v1 itself.
  anthropic: 'it usually ends without /v1',
}

export function describeEndpoint({
  name,
  provider,
  baseUrl,
}: Pick<AccountSettings, 'name' | 'provider' | 'baseUrl'>): Endpoint {
  if (baseUrl === undefined) return VENDOR_ENDPOINT
  const setting =
    name === provider ? VARIABLES[provider] : `\`baseUrl\` of account ${name} in CAPSTAN_ACCOUNTS`
  return {
    fingerprint: createHash('sha256')
      .update(formatRedisAddress(baseUrl))
      .digest('hex')
      .slice(0, 16),
    check: `${setting}, ${USUAL_ENDS[provider]}, and the server behind it`,
    setting,
  }
}

/** Without user, password, query and fragment. */
function formatRedisAddress(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return 'unreadable'
  const { origin, pathname } = new URL(baseUrl)
  return `${origin}${pathname.replace(/\/+$/, '')}`
}
