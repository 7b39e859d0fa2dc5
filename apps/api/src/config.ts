import { z } from 'zod'
import {
  CuratedConfig,
  LogConfig,
  PriceConfig,
  ProviderConfig,
  RedisConfig,
} from '@capstan/shared/config/fragments'
import { findOpenHostFault } from '@capstan/shared/config/find-open-host-fault'
import { createCheckedText, NetworkConfig } from '@capstan/shared/config/network-settings'
import { parseHostPatterns } from '@capstan/shared/http/no-proxy'
import { readConfig } from '@capstan/shared/config/read-config'
import { checkEmbeddings, EmbeddingsConfig } from './embeddings/embeddings-config.ts'
import { checkOidc, OidcConfig, readOidcSettings, type OidcSettings } from './oidc/oidc-config.ts'
import { parsePathPrefix } from './links/path-prefix.ts'
import { parseTrustedProxies } from './links/trusted-proxies.ts'
import { parseTokens, type TokenEntry } from './access/tokens.ts'

/** Room for about 45,000 rows. */
export const IMPORT_BYTES = 64 * 1_048_576

/** Settings of the API process. Each setting can be read from a file named by NAME_FILE. */
export const ApiSettings = z.object({
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('0 takes a free port.'),
  ...RedisConfig,
  CAPSTAN_TOKEN: z.string().optional().meta({
    description:
      'One token, or comma-separated `name:scope+scope:token` entries. Scopes: read, scan, admin. Required unless HOST is a loopback address or CAPSTAN_OIDC_ISSUER is set.',
    secret: true,
  }),
  CAPSTAN_PUBLIC_URL: z
    .string()
    .refine(isPublicUrl, 'must be an http:// or https:// URL with at most a plain path')
    .optional()
    .describe(
      'External URL of the API, such as https://example.com/capstan. Its path prefixes all links (docs/reverse-proxy.md).',
    ),
  ...OidcConfig,
  CAPSTAN_TRUSTED_PROXIES: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Comma-separated addresses and CIDR ranges, or `loopback`, of proxies whose X-Forwarded-Prefix is used when CAPSTAN_PUBLIC_URL is unset.',
    ),
  CAPSTAN_WEBHOOK_SECRET: z.string().min(32, 'must have at least 32 characters').optional().meta({
    description:
      'Secret from which the signing secrets of webhooks are derived, equal on every API process. Without it there are no webhooks.',
    secret: true,
  }),
  CAPSTAN_WEBHOOK_ALLOW: createCheckedText(parseHostPatterns)
    .optional()
    .describe(
      'Comma-separated hosts, addresses and ranges that webhooks may reach although they are private, also by http://. Syntax of NO_PROXY.',
    ),
  KUBECONFIG: z
    .string()
    .optional()
    .describe(
      'One path, or several separated by `:`. Default: ~/.kube/config, else the service account of the pod.',
    ),
  CAPSTAN_CONTEXT: z
    .string()
    .min(1)
    .optional()
    .describe('Kubeconfig context of the cluster to scan. Default: the current context.'),
  CAPSTAN_CLUSTER_FILES: z
    .string()
    .min(1)
    .optional()
    .describe('Folder of CRD manifests to scan instead of a cluster.'),
  KUBERNETES_SERVICE_HOST: z
    .string()
    .optional()
    .describe('Set by Kubernetes in every pod. Enables the service account of the pod.'),
  CAPSTAN_ALLOW_EXEC: z
    .union([z.literal('known'), z.stringbool()], { error: 'must be true, false or known' })
    .default(false)
    .describe(
      '`known` allows well-known credential plugins of the kubeconfig, such as aws and kubelogin. `true` trusts the kubeconfig in full: any program, any file path, no TLS verification if it asks for that.',
    ),
  CAPSTAN_WATCH: z
    .stringbool()
    .default(false)
    .describe('Watches the cluster and scans each new or changed definition.'),
  CAPSTAN_WATCH_DEBOUNCE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(10_000)
    .describe(
      'Debounce of the watcher: it scans after this time without a change, because the installation of an operator takes tens of seconds.',
    ),
  CAPSTAN_WATCH_MAX_WAIT_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400_000)
    .default(60_000)
    .describe('The longest time between a change and its scan, even if changes continue.'),
  ...ProviderConfig,
  ...CuratedConfig,
  ...PriceConfig,
  CAPSTAN_MAX_ROUTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(32)
    .describe(
      'Maximum number of models in use at the same time. Default models are always admitted.',
    ),
  CAPSTAN_ROUTES_PER_CALLER: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(8)
    .describe('Maximum number of models that the unfinished scans of one token may use.'),
  CAPSTAN_ROUTE_IDLE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400_000)
    .default(60_000)
    .describe('Time after which the queue of a model without scans and jobs is closed.'),
  QDRANT_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .optional()
    .describe(
      'URL of a Qdrant server (1.16 or later) for search. Default: search runs in the API process.',
    ),
  QDRANT_API_KEY: z
    .string()
    .optional()
    .meta({ description: 'API key of the Qdrant server.', secret: true }),
  CAPSTAN_QDRANT_COLLECTION: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'letters, digits, - and _')
    .default('capstan')
    .describe('Name of the alias in Qdrant. Collection names are this name and a version.'),
  ...EmbeddingsConfig,
  CAPSTAN_IMPORT_BYTES: z.coerce
    .number()
    .int()
    .min(262_144)
    .max(1_073_741_824)
    .default(IMPORT_BYTES)
    .describe(
      'Maximum size of one NDJSON import in bytes. The import is streamed, so it does not increase memory use.',
    ),
  CAPSTAN_MCP_BUDGET_USD: z.coerce
    .number()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe(
      'Dollars a day (UTC) that the scans of one token may cost through POST /mcp. A start counts with its maxCostUsd. Default: no limit.',
    ),
  CAPSTAN_COMPAT: z
    .enum(['dot-ai'])
    .optional()
    .describe(
      'Also serves the HTTP interface of the named system to its clients (docs/migrating-from-dot-ai.md).',
    ),
  CAPSTAN_DASHBOARD_DIR: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder with the built files of the dashboard. Default: they are built from the sources, once.',
    ),
  ...NetworkConfig,
  ...LogConfig,
  CAPSTAN_DRAIN_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60_000)
    .default(0)
    .describe(
      'Time between failing /readyz and closing the server, so that load balancers remove it first.',
    ),
})

export type ApiConfig = Omit<z.infer<typeof ApiSettings>, 'CAPSTAN_TOKEN'> & {
  /** Without tokens and issuer no login is needed; the server then listens on loopback only. */
  tokens: TokenEntry[]
  oidc: OidcSettings | undefined
  /** Environment of credential plugins: everything except the settings of Capstan. */
  pluginEnvironment: Record<string, string | undefined>
}

/** Reads and checks the environment. Throws ConfigError with all faults; never quotes a token. */
export function readApiConfig(environment: Record<string, string | undefined>): ApiConfig {
  const { CAPSTAN_TOKEN, ...settings } = readConfig(ApiSettings, environment, (given) => [
    ...checkAccess(given),
    ...checkProxies(given),
    ...checkEmbeddings(given),
    ...checkOidc(given),
  ])
  return {
    ...settings,
    tokens: CAPSTAN_TOKEN === undefined ? [] : parseTokens(CAPSTAN_TOKEN),
    oidc: readOidcSettings(settings),
    pluginEnvironment: removeOwnSettings(environment),
  }
}

/** Credential plugins are programs of other projects. They must not receive tokens and passwords of Capstan. */
function removeOwnSettings(environment: Record<string, string | undefined>) {
  const ownSettings = /^(?:CAPSTAN|REDIS|QDRANT|EMBEDDINGS)_/
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ownSettings.test(name)))
}

const PUBLIC_URL = /^(https?:\/\/[^/?#@\\\s]+)(\/.*)?$/i

/** Rejects credentials, query and fragment, because links show this URL to every caller. */
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

function checkAccess(given: Record<string, string | undefined>): string[] {
  const { CAPSTAN_TOKEN, CAPSTAN_OIDC_ISSUER, HOST } = given
  const needsLogin = (CAPSTAN_TOKEN ?? CAPSTAN_OIDC_ISSUER) !== undefined
  const fault = findOpenHostFault(HOST, needsLogin)
  if (fault !== undefined) return [fault]
  if (CAPSTAN_TOKEN === undefined) return []
  try {
    parseTokens(CAPSTAN_TOKEN)
    return []
  } catch (error) {
    return [`CAPSTAN_TOKEN: ${error instanceof Error ? error.message : 'unusable'}`]
  }
}
