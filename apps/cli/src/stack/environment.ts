export type Environment = Record<string, string | undefined>

/** Variables that any program needs on this machine. None of them is a secret of Capstan. */
const MACHINE = new Set(
  `PATH HOME USER TMPDIR TMP TEMP TZ LANG LC_ALL SYSTEMROOT NODE_COMPILE_CACHE NODE_EXTRA_CA_CERTS NODE_USE_SYSTEM_CA
  SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy no_proxy`.split(/\s+/),
)
/** Read by the CLI itself. */
const OURS = ['CAPSTAN_DATA_DIR', 'CAPSTAN_WORKERS', 'CAPSTAN_SERVER']
/** Cluster access, API tokens and logins. Workers must not have them. */
const API_ONLY = [
  'CAPSTAN_TOKEN',
  'CAPSTAN_CONTEXT',
  'CAPSTAN_CLUSTER_FILES',
  'CAPSTAN_ALLOW_EXEC',
  'CAPSTAN_COMPAT',
  'CAPSTAN_PUBLIC_URL',
  'CAPSTAN_TRUSTED_PROXIES',
  'CAPSTAN_OIDC_ISSUER',
  'CAPSTAN_OIDC_CLIENT_ID',
  'CAPSTAN_OIDC_CLIENT_SECRET',
  'CAPSTAN_OIDC_SCOPES',
  'CAPSTAN_OIDC_ROLES',
  'CAPSTAN_OIDC_GROUPS_CLAIM',
  'CAPSTAN_DRAIN_MS',
  'CAPSTAN_DASHBOARD_DIR',
  'CAPSTAN_QDRANT_COLLECTION',
]
const WORKER_ONLY = ['CAPSTAN_CONCURRENCY', 'CAPSTAN_CALL_TIMEOUT_MS', 'CAPSTAN_IDLE_LIMIT_MS']

/** Selects the variables of the API: no key of a model provider. */
export function selectApiEnvironment(all: Environment): Record<string, string> {
  // A credential plugin of the kubeconfig is a third-party program that needs variables such as AWS_PROFILE.
  const runsPlugins = /^(true|1|yes|on|known)$/i.test(all['CAPSTAN_ALLOW_EXEC'] ?? '')
  return pick(all, (name) => {
    if (isProviderVariable(name) || isOneOf(name, [...OURS, ...WORKER_ONLY])) return false
    return (
      runsPlugins ||
      isMachine(name) ||
      /^(CAPSTAN|QDRANT|EMBEDDINGS)_/.test(name) ||
      name.startsWith('KUBE')
    )
  })
}

/** Selects the variables of a worker: neither cluster access nor API tokens. */
export function selectWorkerEnvironment(all: Environment): Record<string, string> {
  return pick(all, (name) => {
    if (isOneOf(name, [...OURS, ...API_ONLY])) return false
    if (isProviderVariable(name) || isOneOf(name, ['SHUTDOWN_TIMEOUT_MS'])) return true
    return isMachine(name) || name.startsWith('CAPSTAN_')
  })
}

/** Selects the variables of simulators. */
export function selectMachineEnvironment(all: Environment): Record<string, string> {
  return pick(all, isMachine)
}

function isMachine(name: string): boolean {
  return MACHINE.has(name) || isOneOf(name, ['LOG_LEVEL', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'])
}

function isProviderVariable(name: string): boolean {
  // These keys are used for search, not for analysis.
  if (/^(QDRANT|EMBEDDINGS)_/.test(name)) return false
  return /^(ANTHROPIC|OPENAI)_/.test(name) || /_API_KEY(_FILE)?$/.test(name)
}

/** Each variable can also be set as NAME_FILE. */
function isOneOf(name: string, names: readonly string[]): boolean {
  return names.includes(name) || names.includes(name.replace(/_FILE$/, ''))
}

function pick(all: Environment, wanted: (name: string) => boolean): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined && wanted(name)) picked[name] = value
  }
  return picked
}

/** Blank variables count as unset, as in every process of Capstan. */
export function removeBlankVariables(all: Environment): Environment {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value?.trim()))
}
