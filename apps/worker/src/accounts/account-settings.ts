import type { z } from 'zod'
import { defaultModel } from '@capstan/shared/config/default-model'
import {
  readDeploymentName,
  isVendorEndpoint,
  type ApiFormat,
} from '@capstan/shared/config/endpoint-vendor'
import type { RequestHeaders } from '@capstan/shared/config/headers-setting'
import type { Provider } from '@capstan/shared/contract/provider'
import { MoreAccounts, PLAIN_SETTINGS } from './endpoint-config.ts'

export interface AccountSettings {
  name: string
  provider: ApiFormat
  /** Undefined: no key is sent. */
  apiKey?: string | undefined
  /** Undefined: the endpoint of the vendor. */
  baseUrl?: string | undefined
  apiVersion?: string | undefined
  headers?: RequestHeaders | undefined
  /** Default model of scans. Undefined: chosen from the models that the endpoint lists. */
  model: string | undefined
  limits: string
  weight?: number | undefined
}

/** Checks that account names are unique: two accounts of one name would share their limits. */
export function findAccountFaults(given: Record<string, string | undefined>): string[] {
  const more = MoreAccounts.safeParse(given['CAPSTAN_ACCOUNTS'] ?? '[]').data ?? []
  const faults = Object.entries(PLAIN_SETTINGS).flatMap(([name, { key, baseUrl }]) => {
    const setting = [key, baseUrl].find((variable) => given[variable])
    const isTaken = setting !== undefined && more.some((one) => one.name === name)
    return isTaken ? [`\`${name}\` is the name of the account of ${setting}`] : []
  })
  const names = more.map(({ name }) => name)
  const twice = new Set(names.filter((name, index) => names.indexOf(name) < index))
  faults.push(...[...twice].map((name) => `two accounts are named \`${name}\``))
  return faults.map((fault) => `CAPSTAN_ACCOUNTS: ${fault}; give each account a name of its own`)
}

/** Settings that name accounts. */
export interface AccountSource {
  CAPSTAN_MODEL?: string | undefined
  ANTHROPIC_API_KEY?: string | undefined
  ANTHROPIC_BASE_URL?: string | undefined
  ANTHROPIC_HEADERS?: RequestHeaders | undefined
  ANTHROPIC_LIMITS: string
  OPENAI_API_KEY?: string | undefined
  OPENAI_BASE_URL?: string | undefined
  OPENAI_API_VERSION?: string | undefined
  OPENAI_HEADERS?: RequestHeaders | undefined
  OPENAI_LIMITS: string
  CAPSTAN_ACCOUNTS?: z.infer<typeof MoreAccounts> | undefined
}

/** A provider of this worker, and the model of scans that name none. */
export interface ConfiguredProvider {
  provider: Provider
  /** Undefined: the endpoint is asked for its models. */
  model: string | undefined
}

type Stated = Omit<AccountSettings, 'model'> & { model?: string | undefined }

/**
 * All accounts with a key or a base URL. An account of the plain settings has the name of its provider. CAPSTAN_MODEL is the
 * model of `usual`, the default provider.
 */
export function readAccountSettings(config: AccountSource, usual: Provider): AccountSettings[] {
  const accounts: Stated[] = [...listPlainAccounts(config), ...(config.CAPSTAN_ACCOUNTS ?? [])]
  return accounts.map(({ apiKey, ...account }) => ({
    ...account,
    apiKey: apiKey || undefined,
    model:
      account.model ??
      (account.provider === usual ? config.CAPSTAN_MODEL : undefined) ??
      findEndpointModel(account),
  }))
}

function listPlainAccounts(config: AccountSource): Stated[] {
  const plain: Stated[] = [
    {
      name: 'anthropic',
      provider: 'anthropic',
      apiKey: config.ANTHROPIC_API_KEY,
      baseUrl: config.ANTHROPIC_BASE_URL,
      headers: config.ANTHROPIC_HEADERS ?? {},
      limits: config.ANTHROPIC_LIMITS,
    },
    {
      name: 'openai',
      provider: 'openai',
      apiKey: config.OPENAI_API_KEY,
      baseUrl: config.OPENAI_BASE_URL,
      apiVersion: config.OPENAI_API_VERSION,
      headers: config.OPENAI_HEADERS ?? {},
      limits: config.OPENAI_LIMITS,
    },
  ]
  return plain.filter(({ apiKey, baseUrl }) => Boolean(apiKey ?? baseUrl))
}

/** The default model of a vendor, or the deployment in the URL. Other servers have model names of their own. */
function findEndpointModel({ provider, baseUrl }: Stated): string | undefined {
  if (isVendorEndpoint(provider, baseUrl)) return defaultModel(provider)
  return baseUrl === undefined ? undefined : readDeploymentName(baseUrl)
}
