import { z } from 'zod'
import { CURATED_POLICIES } from '../contract/choice-names.ts'
import { ModelName } from '../contract/model-name.ts'
import { Provider } from '../contract/provider.ts'
import { Price } from '../prices/price.ts'
import { jsonSetting } from './json-setting.ts'

/** Settings of several processes. Each process merges the ones it needs into its schema. */
export const RedisConfig = {
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' }).meta({
    description: 'URL of Redis 6.2 or later, or Valkey, with AOF and maxmemory-policy noeviction.',
    // The URL may contain a password.
    secret: true,
  }),
  CAPSTAN_REDIS_PREFIX: z
    .string()
    .regex(/^\{[A-Za-z0-9_-]+\}$/, 'must be a hash tag such as {capstan}')
    .default('{capstan}')
    .describe('Prefix of every key. The braces keep all keys in one Redis Cluster slot.'),
}

export const LogConfig = {
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Level of the log, which is JSON lines on stderr.'),
}

export const ProviderConfig = {
  CAPSTAN_PROVIDER: Provider.optional().describe(
    'Default provider of scans. Default: the first one with a key or a base URL in a worker, else demo (rule-based answers, no model).',
  ),
  CAPSTAN_MODEL: ModelName.optional().describe(
    'Model of the default provider. Default: a small current model, or the only model of a base URL; /api/v1/providers shows it.',
  ),
}

export const CuratedConfig = {
  CAPSTAN_CURATED: z
    .enum(CURATED_POLICIES)
    .default('auto')
    .describe(
      'Whether scans use curated answers for well-known types (docs/curated-answers.md): `auto` only without a model, `prefer` also with a model, `off` never. A scan request may choose otherwise.',
    ),
}

export const PriceConfig = {
  CAPSTAN_PRICES: jsonSetting(z.record(z.string().min(1).max(200), Price))
    .optional()
    .describe(
      'Prices by model in US dollars per million tokens, as JSON: {"my-model":{"input":1,"cached":0.1,"output":5}}.',
    ),
}
