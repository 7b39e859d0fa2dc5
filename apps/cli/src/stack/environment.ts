export type Environment = Record<string, string | undefined>

/** What any program needs to run on this machine. No secret among it is ours. */
const MACHINE = new Set(
  `PATH HOME USER TMPDIR TMP TEMP TZ LANG LC_ALL SYSTEMROOT NODE_COMPILE_CACHE NODE_EXTRA_CA_CERTS NODE_USE_SYSTEM_CA
  SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy no_proxy`.split(/\s+/),
)
/** For the process that composes the others, or for a client. */
const OURS = ['CAPSTAN_DATA_DIR', 'CAPSTAN_WORKERS', 'CAPSTAN_SERVER']
/** The way to the cluster, and who may use the API. Workers have no business with either. */
const API_ONLY = [
  'CAPSTAN_TOKEN',
  'CAPSTAN_CONTEXT',
  'CAPSTAN_CLUSTER_FILES',
  'CAPSTAN_ALLOW_EXEC',
  'CAPSTAN_COMPAT',
  'CAPSTAN_PUBLIC_URL',
  'CAPSTAN_TRUSTED_PROXIES',
  'CAPSTAN_DRAIN_MS',
  'CAPSTAN_QDRANT_COLLECTION',
]
const WORKER_ONLY = ['CAPSTAN_CONCURRENCY', 'CAPSTAN_CALL_TIMEOUT_MS', 'CAPSTAN_IDLE_LIMIT_MS']

/** What the API is given: never a key of a model provider. */
export function apiEnvironment(all: Environment): Record<string, string> {
  // A credential plugin of the kubeconfig is a foreign program with needs of its own, such as AWS_PROFILE.
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

/** What a worker is given: never the way to the cluster, never the tokens of the API. */
export function workerEnvironment(all: Environment): Record<string, string> {
  return pick(all, (name) => {
    if (isOneOf(name, [...OURS, ...API_ONLY])) return false
    if (isProviderVariable(name) || isOneOf(name, ['SHUTDOWN_TIMEOUT_MS'])) return true
    return isMachine(name) || name.startsWith('CAPSTAN_')
  })
}

/** What the simulators are given. */
export function machineEnvironment(all: Environment): Record<string, string> {
  return pick(all, isMachine)
}

function isMachine(name: string): boolean {
  return MACHINE.has(name) || isOneOf(name, ['LOG_LEVEL', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'])
}

function isProviderVariable(name: string): boolean {
  // Their keys are for who searches, not for who analyses.
  if (/^(QDRANT|EMBEDDINGS)_/.test(name)) return false
  return /^(ANTHROPIC|OPENAI)_/.test(name) || /_API_KEY(_FILE)?$/.test(name)
}

/** Each variable may also come as NAME_FILE. */
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
export function withoutBlank(all: Environment): Environment {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value?.trim()))
}
