import { z } from 'zod'
import { baseUrlSetting } from '@capstan/shared/config/base-url'
import type { ApiFormat } from '@capstan/shared/config/endpoint-vendor'
import { HeaderRecord, HeadersText } from '@capstan/shared/config/headers-setting'
import { jsonSetting } from '@capstan/shared/config/json-setting'
import { LimitsText } from '@capstan/limits/limiter/limits-text'

const More = z
  .object({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,40}$/, 'letters, digits, - and _'),
    apiKey: z.string().trim().optional(),
    model: z.string().min(1).max(200).optional(),
    headers: HeaderRecord.default({}),
    limits: LimitsText.default(''),
    weight: z.number().min(0.01).max(100).default(1),
  })
  .strict()

/** Members of an account, where faults of the plain settings name variables. */
const NAMES = { headers: 'headers', apiVersion: 'apiVersion' }

/** Each API format has its own rules for the base URL. */
const Account = z.discriminatedUnion('provider', [
  More.extend({
    provider: z.literal('anthropic'),
    baseUrl: baseUrlSetting('anthropic', NAMES).optional(),
  }),
  More.extend({
    provider: z.literal('openai'),
    baseUrl: baseUrlSetting('openai', NAMES).optional(),
    apiVersion: z.string().min(1).max(40).optional(),
  }),
])

/** CAPSTAN_ACCOUNTS: a JSON list of accounts beside those of the plain settings. It holds keys. */
export const MoreAccounts = jsonSetting(z.array(Account), 'must be a JSON list')

/** Settings of the account that is named like its provider. */
export const PLAIN_SETTINGS = {
  anthropic: {
    key: 'ANTHROPIC_API_KEY',
    baseUrl: 'ANTHROPIC_BASE_URL',
    headers: 'ANTHROPIC_HEADERS',
  },
  openai: { key: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL', headers: 'OPENAI_HEADERS' },
} as const satisfies Record<ApiFormat, Record<string, string>>

/** Settings of a worker that say where models are asked, and with what key. */
export const EndpointConfig = {
  ANTHROPIC_API_KEY: z.string().optional().meta({
    description: 'API key of Anthropic. Enables the provider anthropic in this worker.',
    secret: true,
  }),
  ANTHROPIC_BASE_URL: baseUrlSetting('anthropic')
    .optional()
    .describe(
      'Base URL of a server with the Messages API, without /v1, such as http://localhost:4000. The key is optional.',
    ),
  ANTHROPIC_HEADERS: HeadersText.optional().meta({
    description:
      'Headers of every request to Anthropic, as a JSON object or as lines of `Name: value`. Authorization and x-api-key replace the key.',
    secret: true,
  }),
  OPENAI_API_KEY: z.string().optional().meta({
    description: 'API key of OpenAI. Enables the provider openai in this worker.',
    secret: true,
  }),
  OPENAI_BASE_URL: baseUrlSetting('openai')
    .optional()
    .describe(
      'Base URL of an OpenAI-compatible server, usually with /v1, such as http://localhost:11434/v1. The key is optional.',
    ),
  OPENAI_HEADERS: HeadersText.optional().meta({
    description:
      'Headers of every request to OpenAI or OPENAI_BASE_URL, in the format of ANTHROPIC_HEADERS.',
    secret: true,
  }),
  OPENAI_API_VERSION: z
    .string()
    .max(40)
    .regex(/^[A-Za-z0-9._-]+$/, 'letters, digits, . _ and -')
    .optional()
    .describe(
      'Query parameter api-version, such as 2024-10-21. Azure OpenAI requires it below /openai/deployments.',
    ),
  ANTHROPIC_LIMITS: LimitsText.default('').describe(
    'Limits of the Anthropic key per minute, such as rpm=1000,itpm=2000000,otpm=400000. concurrency=N limits calls in flight. Unset limits are learned from responses.',
  ),
  OPENAI_LIMITS: LimitsText.default('').describe(
    'Limits of the OpenAI key per minute, such as rpm=500,tpm=200000. A base URL without limits starts with 4 calls in flight.',
  ),
  CAPSTAN_ASSUME_DIALECT: z
    .stringbool()
    .default(false)
    .describe(
      'Assumes the dialect of the vendor for each base URL, so that no call waits for the first one to detect it. After a refused parameter the dialect still changes.',
    ),
  CAPSTAN_ACCOUNTS: MoreAccounts.optional().meta({
    description:
      'Additional accounts as a JSON list of {"name", "provider", "apiKey", "baseUrl", "apiVersion", "headers", "model", "limits", "weight"}. Each needs a key or a base URL. A call uses the account with the most headroom for its weight.',
    secret: true,
  }),
}
