import { z } from 'zod'
import { defaultModel } from '@capstan/shared/config/default-model'
import { jsonSetting } from '@capstan/shared/config/json-setting'
import { LimitsText } from '@capstan/shared/config/limits-text'
import { PROVIDERS, type Provider } from '@capstan/shared/contract/scan'

const More = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,40}$/, 'letters, digits, - and _'),
  provider: z.enum(PROVIDERS).exclude(['demo']),
  apiKey: z.string().min(1),
  baseUrl: z.url().optional(),
  model: z.string().min(1).max(200).optional(),
  limits: LimitsText.default(''),
  weight: z.number().min(0.01).max(100).default(1),
})

/** CAPSTAN_ACCOUNTS: a JSON list of accounts beside those of the two plain keys. It holds keys. */
export const MoreAccounts = jsonSetting(z.array(More), 'must be a JSON list')

/** Settings that hold the key of an account named like its provider. */
export const PLAIN_KEYS = { anthropic: 'ANTHROPIC_API_KEY', openai: 'OPENAI_API_KEY' } as const

export interface AccountSettings {
  name: string
  provider: Provider
  apiKey: string
  baseUrl?: string | undefined
  model: string
  limits: string
  weight?: number | undefined
}

/** Two accounts of one name would share their limits, and the calls of one would be counted for the other. */
export function accountFaults(given: Record<string, string | undefined>): string[] {
  const more = MoreAccounts.safeParse(given['CAPSTAN_ACCOUNTS'] ?? '[]').data ?? []
  const plain = Object.entries(PLAIN_KEYS).filter(([, variable]) => given[variable])
  const faults = plain
    .filter(([name]) => more.some((one) => one.name === name))
    .map(([name, key]) => `\`${name}\` is the name of the account of ${key}`)
  const names = more.map(({ name }) => name)
  const twice = new Set(names.filter((name, index) => names.indexOf(name) < index))
  faults.push(...[...twice].map((name) => `two accounts are named \`${name}\``))
  return faults.map((fault) => `CAPSTAN_ACCOUNTS: ${fault}; give each account a name of its own`)
}

interface AccountSource {
  CAPSTAN_PROVIDER?: Provider | undefined
  CAPSTAN_MODEL?: string | undefined
  ANTHROPIC_API_KEY?: string | undefined
  ANTHROPIC_BASE_URL?: string | undefined
  ANTHROPIC_LIMITS: string
  OPENAI_API_KEY?: string | undefined
  OPENAI_BASE_URL?: string | undefined
  OPENAI_LIMITS: string
  CAPSTAN_ACCOUNTS?: z.infer<typeof MoreAccounts> | undefined
}

/** All accounts that the settings hold a key for. An account of a plain key is named like its provider. */
export function accountSettings(config: AccountSource, usual: Provider): AccountSettings[] {
  const modelOf = (provider: Provider): string =>
    (provider === usual && config.CAPSTAN_MODEL) || defaultModel(provider)
  const plain = [
    {
      provider: 'anthropic' as const,
      apiKey: config.ANTHROPIC_API_KEY,
      baseUrl: config.ANTHROPIC_BASE_URL,
      limits: config.ANTHROPIC_LIMITS,
    },
    {
      provider: 'openai' as const,
      apiKey: config.OPENAI_API_KEY,
      baseUrl: config.OPENAI_BASE_URL,
      limits: config.OPENAI_LIMITS,
    },
  ]
  return [
    ...plain.flatMap(({ apiKey, ...one }) =>
      apiKey ? [{ ...one, apiKey, name: one.provider, model: modelOf(one.provider) }] : [],
    ),
    ...(config.CAPSTAN_ACCOUNTS ?? []).map((one) => ({
      ...one,
      model: one.model ?? modelOf(one.provider),
    })),
  ]
}
