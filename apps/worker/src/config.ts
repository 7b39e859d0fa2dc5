import { z } from 'zod'
import { defaultModel } from '@capstan/shared/config/default-model'
import {
  LogConfig,
  PriceConfig,
  ProviderConfig,
  RedisConfig,
} from '@capstan/shared/config/fragments'
import type { ApiFormat } from '@capstan/shared/config/endpoint-vendor'
import { NetworkConfig } from '@capstan/shared/config/network-settings'
import { readConfig } from '@capstan/shared/config/read-config'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import { Provider } from '@capstan/shared/contract/provider'
import { BatchSettings } from './batch/batch-settings.ts'
import { EndpointConfig, MoreAccounts, PLAIN_SETTINGS } from './accounts/endpoint-config.ts'
import { findEndpointFaults } from './accounts/endpoint-faults.ts'
import {
  findAccountFaults,
  readAccountSettings,
  type ConfiguredProvider,
} from './accounts/account-settings.ts'
import { DailyBudgetSettings } from './call/daily-budget/daily-budget-settings.ts'
import { FallbackText, findFallbackFaults } from './accounts/fallback-settings.ts'

/** A comma-separated list of providers; checked here, parsed where it is used. */
const ProviderNames = z.string().superRefine((text, context) => {
  for (const name of splitNames(text)) {
    if (Provider.safeParse(name).success) continue
    const message = `\`${name}\` is not one of ${PROVIDERS.join(', ')}`
    context.addIssue({ code: 'custom', message })
  }
})

function splitNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
}

const Milliseconds = z.coerce.number().int().positive()

/** Settings of a worker process. */
export const WorkerConfig = z.object({
  ...RedisConfig,
  ...LogConfig,
  ...ProviderConfig,
  ...PriceConfig,
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address to listen on for health checks and metrics.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0).describe('0 takes a free port.'),
  CAPSTAN_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .describe(
      'Number of types that this process analyses at the same time per route (provider and model).',
    ),
  CAPSTAN_PROVIDERS: ProviderNames.default('').describe(
    'Comma-separated providers that this worker serves, such as openai,anthropic. Default: each with a key or a base URL, and demo.',
  ),
  ...EndpointConfig,
  CAPSTAN_FALLBACK: FallbackText.default('').describe(
    'Fallback models during an outage of a provider, best first, such as openai/gpt-6-luna. Each needs a key or a base URL, and a price.',
  ),
  CAPSTAN_FALLBACK_AFTER_MS: Milliseconds.default(60_000).describe(
    'Time that the circuit breakers of all accounts of a provider must be open before a fallback model is used.',
  ),
  ...DailyBudgetSettings,
  CAPSTAN_HEDGE: z
    .stringbool()
    .default(false)
    .describe(
      'Hedged requests: sends a second call beside an unusually slow one, for at most 5 % of calls. The first answer is used.',
    ),
  CAPSTAN_TYPES_PER_CALL: z.coerce
    .number()
    .int()
    .min(1)
    .max(8)
    .default(1)
    .describe(
      'Maximum number of small types in one call (multi-type prompt) while calls wait for a rate limit. 1: one type per call.',
    ),
  CAPSTAN_CALL_TIMEOUT_MS: Milliseconds.default(120_000).describe('Timeout of one model call.'),
  ...BatchSettings,
  ...NetworkConfig,
  CAPSTAN_LOCK_MS: Milliseconds.optional().describe(
    'For tests: lock time of a BullMQ job, after which the job of a dead worker is requeued.',
  ),
  CAPSTAN_STALLED_MS: Milliseconds.optional().describe(
    'For tests: interval of the BullMQ check for stalled jobs.',
  ),
  CAPSTAN_IDLE_LIMIT_MS: Milliseconds.default(300_000).describe(
    '/livez fails if jobs wait and none started or finished for this time.',
  ),
  SHUTDOWN_TIMEOUT_MS: Milliseconds.default(10_000).describe(
    'Timeout of a graceful stop, after which the process exits. Reached only if Redis is unreachable.',
  ),
})
export type WorkerConfig = z.infer<typeof WorkerConfig>

/** Reads and checks the environment. Throws ConfigError with every fault, also a provider named without its endpoint. */
export function readWorkerConfig(environment: Record<string, string | undefined>): WorkerConfig {
  return readConfig(WorkerConfig, environment, findConfigFaults)
}

function findConfigFaults(given: Record<string, string | undefined>): string[] {
  const served = VENDORS.filter((name) => isConfigured(given, name))
  return [
    ...checkProvider(given),
    ...checkProviders(given),
    ...findEndpointFaults(given),
    ...findAccountFaults(given),
    ...findFallbackFaults(given, served),
  ]
}

const VENDORS = ['anthropic', 'openai'] as const

/** Returns whether the provider has a key or a base URL; self-hosted servers often need no key. */
function isConfigured(given: Record<string, string | undefined>, name: ApiFormat): boolean {
  const more = MoreAccounts.safeParse(given['CAPSTAN_ACCOUNTS'] ?? '[]').data ?? []
  const { key, baseUrl } = PLAIN_SETTINGS[name]
  return Boolean(given[key] ?? given[baseUrl]) || more.some(({ provider }) => provider === name)
}

/** A worker that is restricted to a provider without an endpoint would consume nothing. */
function checkProviders(given: Record<string, string | undefined>): string[] {
  const named = splitNames(given['CAPSTAN_PROVIDERS'] ?? '')
  const first = given['CAPSTAN_PROVIDER']
  const missing = VENDORS.filter((name) => named.includes(name) && !isConfigured(given, name)).map(
    (name) =>
      `CAPSTAN_PROVIDERS: ${name} needs ${PLAIN_SETTINGS[name].key} or ${PLAIN_SETTINGS[name].baseUrl}`,
  )
  if (named.length === 0 || first === undefined || named.includes(first)) return missing
  return [...missing, `CAPSTAN_PROVIDER: ${first} is not among CAPSTAN_PROVIDERS`]
}

function checkProvider(given: Record<string, string | undefined>): string[] {
  const name = given['CAPSTAN_PROVIDER']
  if (name !== 'anthropic' && name !== 'openai') return []
  const { key, baseUrl } = PLAIN_SETTINGS[name]
  if (isConfigured(given, name)) return []
  return [
    `CAPSTAN_PROVIDER: ${name} needs ${key} or ${baseUrl}; set ${key} (or ${key}_FILE), ${baseUrl} of a server without keys, or CAPSTAN_PROVIDER=demo`,
  ]
}

/**
 * Lists the providers of this worker, the default first: CAPSTAN_PROVIDER, or the first with a key or base URL, or `demo`.
 * CAPSTAN_PROVIDERS restricts the list.
 */
export function listServedProviders(config: WorkerConfig): ConfiguredProvider[] {
  const served = new Set(readAccountSettings(config, 'demo').map(({ provider }) => provider))
  const named = splitNames(config.CAPSTAN_PROVIDERS)
  const available = [...VENDORS.filter((name) => served.has(name)), 'demo' as const].filter(
    (name) => named.length === 0 || named.includes(name),
  )
  const first: Provider = config.CAPSTAN_PROVIDER ?? available[0] ?? 'demo'
  const others = available.filter((name) => name !== first)
  const accounts = readAccountSettings(config, first)
  return [first, ...others].map((provider) => ({
    provider,
    model:
      provider === 'demo'
        ? defaultModel('demo')
        : ((provider === first ? config.CAPSTAN_MODEL : undefined) ??
          accounts.find((account) => account.provider === provider)?.model),
  }))
}
