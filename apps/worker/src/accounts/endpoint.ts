import { createHash } from 'node:crypto'
import type { Provider } from '@capstan/shared/contract/provider'
import type { AccountSettings } from '../gate/account-settings.ts'

/** Where the calls of an account go, as far as its faults are about that. */
export interface Endpoint {
  /** Of the address alone; stored in Redis, so neither a credential nor the address itself. */
  fingerprint: string
  /** What a person checks when no call is answered, with the name of the setting. A part of a sentence. */
  check: string
  /** The setting that holds the address; undefined for the vendor's own. */
  setting: string | undefined
}

/** What is known of an account without settings, as in tests. */
export const VENDORS_OWN: Endpoint = {
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
  if (baseUrl === undefined) return VENDORS_OWN
  const setting =
    name === provider ? VARIABLES[provider] : `\`baseUrl\` of account ${name} in CAPSTAN_ACCOUNTS`
  return {
    fingerprint: createHash('sha256').update(addressOf(baseUrl)).digest('hex').slice(0, 16),
    check: `${setting}, ${USUAL_ENDS[provider]}, and the server behind it`,
    setting,
  }
}

/** Without user, password, query and fragment. */
function addressOf(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return 'unreadable'
  const { origin, pathname } = new URL(baseUrl)
  return `${origin}${pathname.replace(/\/+$/, '')}`
}
