import { z } from 'zod'
import {
  LogConfig,
  PriceConfig,
  ProviderConfig,
  RedisConfig,
} from '@capstan/shared/config/fragments'
import { findOpenHostFault } from '@capstan/shared/config/find-open-host-fault'
import { NetworkConfig } from '@capstan/shared/config/network-settings'
import { readConfig } from '@capstan/shared/config/read-config'
import { checkEmbeddings, EmbeddingsConfig } from './embeddings/embeddings-config.ts'
import { parsePathPrefix } from './links/path-prefix.ts'
import { parseTrustedProxies } from './links/trusted-proxies.ts'
import { parseTokens, type TokenEntry } from './plugins/tokens.ts'

/** About 45,000 rows. */
export const IMPORT_BYTES = 64 * 1_048_576

/** Settings of the API process. Each may also be given as a file: NAME_FILE. */
export const ApiSettings = z.object({
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('0 takes a free port.'),
  ...RedisConfig,
  CAPSTAN_TOKEN: z.string().optional().meta({
    description:
      'One token, or `name:scope+scope:token` entries with commas. Scopes: read, scan, admin. Required beyond the loopback.',
    secret: true,
  }),
  CAPSTAN_PUBLIC_URL: z
    .string()
    .refine(isPublicUrl, 'must be an http:// or https:// URL with at most a plain path')
    .optional()
    .describe(
      'Where callers reach the API, such as https://example.com/capstan: its path goes before all links (docs/reverse-proxy.md).',
    ),
  CAPSTAN_TRUSTED_PROXIES: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Addresses and CIDR ranges with commas, or `loopback`: proxies whose X-Forwarded-Prefix counts without CAPSTAN_PUBLIC_URL.',
    ),
  KUBECONFIG: z
    .string()
    .optional()
    .describe(
      'One path, or several with `:` between. Default: ~/.kube/config, else the service account of the pod.',
    ),
  CAPSTAN_CONTEXT: z.string().min(1).optional().describe('Context of the kubeconfig to scan.'),
  CAPSTAN_CLUSTER_FILES: z
    .string()
    .min(1)
    .optional()
    .describe('Folder of CRD manifests that is scanned in place of a cluster.'),
  KUBERNETES_SERVICE_HOST: z
    .string()
    .optional()
    .describe('Set by Kubernetes in every pod; allows the use of its service account.'),
  CAPSTAN_ALLOW_EXEC: z
    .union([z.literal('known'), z.stringbool()], { error: 'must be true, false or known' })
    .default(false)
    .describe(
      '`known` allows known credential plugins of a kubeconfig, such as aws and kubelogin. true trusts it in full: any program, files from anywhere, no check of the server.',
    ),
  CAPSTAN_WATCH: z
    .stringbool()
    .default(false)
    .describe('Watches the cluster and scans types whose definition is new or has changed.'),
  CAPSTAN_WATCH_QUIET_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(10_000)
    .describe(
      'The watcher acts when nothing has changed for so long: an operator installs for tens of seconds.',
    ),
  CAPSTAN_WATCH_MOST_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400_000)
    .default(60_000)
    .describe('But it acts at the latest this long after a change, however much goes on changing.'),
  ...ProviderConfig,
  ...PriceConfig,
  CAPSTAN_MAX_ROUTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(32)
    .describe('Most models that scans use at the same time; default models are always admitted.'),
  CAPSTAN_ROUTES_PER_CALLER: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(8)
    .describe('Most of them that unfinished scans of one token use.'),
  CAPSTAN_ROUTE_IDLE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400_000)
    .default(60_000)
    .describe('The queue of a model without scans and jobs is closed after this long.'),
  QDRANT_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .optional()
    .describe('A Qdrant (1.19) to search in. Default: searches run in the API process.'),
  QDRANT_API_KEY: z.string().optional().meta({ description: 'Key of that Qdrant.', secret: true }),
  CAPSTAN_QDRANT_COLLECTION: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'letters, digits, - and _')
    .default('capstan')
    .describe('Name of the alias in Qdrant; collections are named after it, with a version.'),
  ...EmbeddingsConfig,
  CAPSTAN_IMPORT_BYTES: z.coerce
    .number()
    .int()
    .min(262_144)
    .max(1_073_741_824)
    .default(IMPORT_BYTES)
    .describe(
      'Most bytes of one NDJSON import. It is read as a stream, so memory does not grow with it.',
    ),
  CAPSTAN_COMPAT: z
    .enum(['dot-ai'])
    .optional()
    .describe(
      'Also speaks the interface of the named system, so that its clients can be pointed here: docs/migrating-from-dot-ai.md.',
    ),
  ...NetworkConfig,
  ...LogConfig,
  CAPSTAN_DRAIN_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60_000)
    .default(0)
    .describe('How long it still serves, not ready, before it closes: for load balancers.'),
})

export type ApiConfig = Omit<z.infer<typeof ApiSettings>, 'CAPSTAN_TOKEN'> & {
  /** Empty: no token is needed, and only loopback is served. */
  tokens: TokenEntry[]
  /** What credential plugins are given: all but Capstan's own settings. */
  pluginEnvironment: Record<string, string | undefined>
}

/** Reads and checks the environment. Throws ConfigError with every fault; never quotes a token. */
export function readApiConfig(environment: Record<string, string | undefined>): ApiConfig {
  const { CAPSTAN_TOKEN, ...settings } = readConfig(ApiSettings, environment, (given) => [
    ...checkAccess(given),
    ...checkProxies(given),
    ...checkEmbeddings(given),
  ])
  return {
    ...settings,
    tokens: CAPSTAN_TOKEN === undefined ? [] : parseTokens(CAPSTAN_TOKEN),
    pluginEnvironment: withoutOurs(environment),
  }
}

/** A plugin is another project's program: it has no use for our tokens and the passwords of our stores. */
function withoutOurs(environment: Record<string, string | undefined>) {
  const ours = /^(?:CAPSTAN|REDIS|QDRANT|EMBEDDINGS)_/
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)))
}

const PUBLIC_URL = /^(https?:\/\/[^/?#@\\\s]+)(\/.*)?$/i

/** No credentials, query or fragment: every caller sees it. */
function isPublicUrl(text: string): boolean {
  const [, origin = '', path = ''] = PUBLIC_URL.exec(text) ?? []
  return URL.canParse(origin) && parsePathPrefix(path) !== undefined
}

function checkProxies({ CAPSTAN_TRUSTED_PROXIES }: Record<string, string | undefined>): string[] {
  try {
    if (CAPSTAN_TRUSTED_PROXIES !== undefined) parseTrustedProxies(CAPSTAN_TRUSTED_PROXIES)
    return []
  } catch (error) {
    return [`CAPSTAN_TRUSTED_PROXIES: ${error instanceof Error ? error.message : 'unusable'}`]
  }
}

function checkAccess({ CAPSTAN_TOKEN, HOST }: Record<string, string | undefined>): string[] {
  const fault = findOpenHostFault(HOST, CAPSTAN_TOKEN !== undefined)
  if (fault !== undefined) return [fault]
  if (CAPSTAN_TOKEN === undefined) return []
  try {
    parseTokens(CAPSTAN_TOKEN)
    return []
  } catch (error) {
    return [`CAPSTAN_TOKEN: ${error instanceof Error ? error.message : 'unusable'}`]
  }
}
