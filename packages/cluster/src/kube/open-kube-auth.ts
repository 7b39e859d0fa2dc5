import type { RequestOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'
import { Agent, type Dispatcher } from 'undici'
import { explainFaults } from '@capstan/shared/http/proxy-dispatcher'
import type { ChooseProxy } from '@capstan/shared/http/proxy-rules'
import type { ProxyServer } from '@capstan/shared/http/proxy-server'
import type { Credential, CredentialSource } from './credential.ts'
import { readImpersonation, withHeaders, type HeaderLines } from './impersonation-headers.ts'
import { buildLibraryConfig } from './build-library-config.ts'
import { misconfiguredError } from './misconfigured-error.ts'
import { openCredentials } from './open-credentials.ts'
import { isSocks, readContextProxy } from './read-context-proxy.ts'
import { openTokenFile } from './open-token-file.ts'
import { openSocksDispatcher, type TlsOptions } from './socks-dispatcher.ts'
import type { VettedContext } from './vet-context.ts'

/** Authentication and connections for requests to one API server. */
export interface KubeAuth {
  /** URL with path prefix, without a trailing slash. */
  readonly server: string
  /** Undefined for a direct connection. */
  readonly proxy: ProxyServer | undefined
  /** Called for each request, because tokens expire. */
  authorize(): Promise<{ headers: Record<string, string>; dispatcher: Dispatcher }>
  /** Closes connections after their last request. For an object that was replaced. */
  retire(): void
  close(): Promise<void>
}

export interface AuthOptions {
  chooseProxy: ChooseProxy
  /** Environment of credential plugins. */
  environment: Readonly<Record<string, string | undefined>>
}

/** Connections are replaced after this time, because client certificates rotate. */
const CONNECTIONS_MAX_AGE_MS = 5 * 60_000
/** The mount path of the service account token of a pod. */
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'
const IN_CLUSTER_HINT =
  'Run it in a pod with a service account token mounted, or set KUBECONFIG or CAPSTAN_CLUSTER_FILES.'

/** Authenticates as a context, like kubectl. The `proxy-url` of the context has precedence over the proxy of the process. */
export async function openContextAuth(
  context: VettedContext,
  { chooseProxy, environment }: AuthOptions,
): Promise<KubeAuth> {
  const { KubeConfig: Config } = await loadLibrary()
  const { cluster, name, user } = context
  const proxy = readContextProxy(name, cluster['proxy-url']) ?? chooseProxy(cluster.server)
  const proxyUrl = proxy && !isSocks(proxy) ? proxy.url : undefined
  return createAuth({
    who: `context "${name}"`,
    server: cluster.server,
    proxy,
    impersonation: readImpersonation(user),
    credentials: openCredentials(context, environment),
    configure: (certificate) => buildLibraryConfig(Config, context, certificate, proxyUrl),
  })
}

/**
 * Authenticates as the service account of the pod. Like client-go, it uses the proxy of the environment unless NO_PROXY
 * contains the API server. Throws CLUSTER_MISCONFIGURED outside a pod.
 */
export async function openInClusterAuth({
  chooseProxy,
}: Pick<AuthOptions, 'chooseProxy'>): Promise<KubeAuth> {
  const { KubeConfig: Config } = await loadLibrary()
  const config = new Config()
  config.loadFromCluster()
  const [cluster] = config.clusters
  const [user] = config.users
  if (!cluster || !user || cluster.server.includes('undefined')) {
    throw misconfiguredError('This process does not run in a Kubernetes cluster', IN_CLUSTER_HINT)
  }
  const proxy = chooseProxy(cluster.server)
  config.clusters = [{ ...cluster, ...(proxy && { proxyUrl: proxy.url }) }]
  config.users = [{ name: user.name }]
  return createAuth({
    who: 'the service account of this pod',
    server: cluster.server,
    proxy,
    impersonation: {},
    credentials: openTokenFile(SERVICE_ACCOUNT_TOKEN, undefined),
    configure: () => config,
  })
}

/** Loads the Kubernetes library lazily, because it costs a second and 90 MB. */
export function loadLibrary(): Promise<typeof import('@kubernetes/client-node')> {
  return import('@kubernetes/client-node')
}

interface AuthParts {
  /** Subject of error messages. */
  who: string
  server: string
  proxy: ProxyServer | undefined
  impersonation: HeaderLines
  credentials: CredentialSource
  /** Settings of the library, with the client certificate of a plugin if there is one. */
  configure(certificate: Credential['certificate']): KubeConfig
}

/** Connections with one client certificate. */
interface Connections {
  certificate: Credential['certificate']
  config: KubeConfig
  /** A promise, so that parallel requests open one dispatcher. */
  dispatcher: Promise<Dispatcher>
  openedAt: number
}

function createAuth(parts: AuthParts): KubeAuth {
  const { credentials, proxy } = parts
  let current: Connections | undefined
  const openConnections = (certificate: Credential['certificate']): Connections => {
    const known = current?.certificate === certificate ? current : undefined
    if (known && performance.now() - known.openedAt < CONNECTIONS_MAX_AGE_MS) return known
    closeAfterRequests(current)
    const config = known?.config ?? parts.configure(certificate)
    const dispatcher = openDispatcher(parts, config)
    const opened = { certificate, config, dispatcher, openedAt: performance.now() }
    current = opened
    dispatcher.catch(() => {
      if (current === opened) current = undefined
    })
    return opened
  }
  return {
    server: parts.server.replace(/\/+$/, ''),
    proxy,
    authorize: async () => {
      const { token, certificate } = await credentials.read()
      const { config, dispatcher } = openConnections(certificate)
      const { headers } = await applyCredentials(config, parts)
      return {
        headers: { ...headers, ...(token && { Authorization: `Bearer ${token}` }) },
        dispatcher: await dispatcher,
      }
    },
    // Running requests can still authorize, so the credentials stay open.
    retire: () => {
      closeAfterRequests(current)
      current = undefined
    },
    close: async () => {
      credentials.close()
      const opened = await current?.dispatcher.catch(() => undefined)
      await opened?.destroy()
      current = undefined
    },
  }
}

/** Waits one turn of the event loop for requests that are not sent yet. Sent requests are completed. */
function closeAfterRequests(connections: Connections | undefined): void {
  connections?.dispatcher.then(
    (dispatcher) => setImmediate(() => void dispatcher.close()),
    () => undefined,
  )
}

/** One dispatcher for all requests. The library creates one per request, which reuses no connection. */
async function openDispatcher(parts: AuthParts, config: KubeConfig): Promise<Dispatcher> {
  const { proxy, impersonation } = parts
  const own =
    proxy && isSocks(proxy)
      ? openSocksDispatcher(proxy, await readTlsOptions(config))
      : ((await applyCredentials(config, parts)).dispatcher ?? new Agent())
  return withHeaders(proxy ? explainFaults(own, proxy) : own, impersonation)
}

async function readTlsOptions(config: KubeConfig): Promise<TlsOptions> {
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  const { ca, cert, key, rejectUnauthorized, servername } = options
  return { ca, cert, key, rejectUnauthorized, ...(servername && { servername }) }
}

async function applyCredentials(
  config: KubeConfig,
  { server, who }: Pick<AuthParts, 'server' | 'who'>,
): Promise<{ headers: Record<string, string>; dispatcher: Dispatcher | undefined }> {
  const { HttpMethod, RequestContext } = await loadLibrary()
  const context = new RequestContext(server, HttpMethod.GET)
  try {
    await config.applySecurityAuthentication(context)
  } catch {
    // Messages of parsers and auth-providers can quote their input.
    throw misconfiguredError(
      `The credentials of ${who} cannot be used`,
      'Check that its certificate and key files exist, and that its auth-provider works with kubectl.',
    )
  }
  return { headers: context.getHeaders(), dispatcher: context.getDispatcher() }
}
