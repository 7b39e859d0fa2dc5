import { z } from 'zod'
import { defaultModel } from '@capstan/shared/config/default-model'
import { LogConfig, ProviderConfig, RedisConfig } from '@capstan/shared/config/fragments'
import { ConfigError } from '@capstan/shared/config/read-config'
import type { Provider } from '@capstan/shared/contract/scan'
import { LimitsText, MoreAccounts } from './gate/account-settings.ts'

const Milliseconds = z.coerce.number().int().positive()

/** Settings of a worker process. */
export const WorkerConfig = z.object({
  ...RedisConfig,
  ...LogConfig,
  ...ProviderConfig,
  HOST: z.string().default('127.0.0.1').describe('Address of the probe (health and metrics).'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0).describe('0 takes a free port.'),
  CAPSTAN_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .describe('Types analysed at the same time by this process.'),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: z.url().optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z.url().optional(),
  ANTHROPIC_LIMITS: LimitsText.default('').describe(
    'Limits of the Anthropic key a minute, such as rpm=1000,itpm=2000000,otpm=400000; what is left out is learned from its answers. concurrency=N caps the calls in flight.',
  ),
  OPENAI_LIMITS: LimitsText.default('').describe(
    'The same for the OpenAI key, such as rpm=500,tpm=200000.',
  ),
  CAPSTAN_ACCOUNTS: MoreAccounts.default([]).describe(
    'More keys, as a JSON list of {"name", "provider", "apiKey", "baseUrl", "model", "limits"}; calls go to the account with the most room.',
  ),
  CAPSTAN_CALL_TIMEOUT_MS: Milliseconds.default(120_000).describe(
    'Longest one model call may take.',
  ),
  CAPSTAN_LOCK_MS: Milliseconds.optional().describe(
    'For tests: how long a dead worker keeps a job.',
  ),
  CAPSTAN_STALLED_MS: Milliseconds.optional().describe('For tests: time between stall sweeps.'),
  CAPSTAN_IDLE_LIMIT_MS: Milliseconds.default(300_000).describe(
    '/livez fails when jobs wait and none was started or finished for this long.',
  ),
  SHUTDOWN_TIMEOUT_MS: Milliseconds.default(10_000).describe(
    'Hard end of a graceful stop, for when Redis is away; it takes about a second otherwise.',
  ),
})
export type WorkerConfig = z.infer<typeof WorkerConfig>

export interface ServedProvider {
  provider: Provider
  model: string
}

const KEY_VARIABLES = { anthropic: 'ANTHROPIC_API_KEY', openai: 'OPENAI_API_KEY' } as const

/**
 * What this worker can serve, the default first: as CAPSTAN_PROVIDER says, else by the keys present, else
 * `demo` alone. Throws ConfigError when a provider is named whose key is missing.
 */
export function servedProviders(config: WorkerConfig): ServedProvider[] {
  const withKey = (['anthropic', 'openai'] as const).filter(
    (name) =>
      config[KEY_VARIABLES[name]] ||
      config.CAPSTAN_ACCOUNTS.some(({ provider }) => provider === name),
  )
  const first: Provider = config.CAPSTAN_PROVIDER ?? withKey[0] ?? 'demo'
  if (first !== 'demo' && !withKey.includes(first)) {
    const key = KEY_VARIABLES[first]
    throw new ConfigError([
      `CAPSTAN_PROVIDER: ${first} needs ${key}; set ${key} (or ${key}_FILE), or CAPSTAN_PROVIDER=demo`,
    ])
  }
  const others = [...withKey, 'demo' as const].filter((name) => name !== first)
  return [first, ...others].map((provider) => ({
    provider,
    model: (provider === first && config.CAPSTAN_MODEL) || defaultModel(provider),
  }))
}
