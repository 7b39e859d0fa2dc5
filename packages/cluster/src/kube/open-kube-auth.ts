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

/** What a request to one API server needs. */
export interface KubeAuth {
  /** With its path prefix, without a slash at the end. */
  readonly server: string
  /** Undefined: reached directly. */
  readonly proxy: ProxyServer | undefined
  /** Fresh for each request: tokens expire and are read again. */
  authorize(): Promise<{ headers: Record<string, string>; dispatcher: Dispatcher }>
  /** Ends when its last request has ended: another one takes its place. */
  retire(): void
  close(): Promise<void>
}

export interface AuthOptions {
  chooseProxy: ChooseProxy
  /** Given to credential plugins. */
  environment: Readonly<Record<string, string | undefined>>
}

/** Client certificates rotate; connections made with an old one are given up after this long. */
const DISPATCHER_MS = 5 * 60_000
/** Where Kubernetes mounts the token of a pod. */
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'
const IN_CLUSTER_HINT =
  'Run it in a pod with a service account token mounted, or set KUBECONFIG or CAPSTAN_CLUSTER_FILES.'

/**
 * Authentication of a context as kubectl does it. The context's own `proxy-url` goes before the proxy that the process is
 * set up for.
 */
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
 * Authentication of the pod's service account. Like client-go it uses the proxy of the environment unless NO_PROXY names
 * the API server. Throws CLUSTER_MISCONFIGURED outside a pod.
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

/** It costs a second and 90 MB: only a process that talks to a cluster loads it, and best before its first request. */
export function loadLibrary(): Promise<typeof import('@kubernetes/client-node')> {
  return import('@kubernetes/client-node')
}

interface AuthParts {
  /** For errors. */
  who: string
  server: string
  proxy: ProxyServer | undefined
  impersonation: HeaderLines
  credentials: CredentialSource
  /** The settings of the library, with the client certificate of a plugin if there is one. */
  configure(certificate: Credential['certificate']): KubeConfig
}

/** Connections made with one client certificate. */
interface Connections {
  certificate: Credential['certificate']
  config: KubeConfig
  /** A promise, so that parallel requests open it once. */
  dispatcher: Promise<Dispatcher>
  since: number
}

function createAuth(parts: AuthParts): KubeAuth {
  const { credentials, proxy } = parts
  let current: Connections | undefined
  const connectionsFor = (certificate: Credential['certificate']): Connections => {
    const known = current?.certificate === certificate ? current : undefined
    if (known && performance.now() - known.since < DISPATCHER_MS) return known
    closeSoon(current)
    const config = known?.config ?? parts.configure(certificate)
    const dispatcher = openDispatcher(parts, config)
    const opened = { certificate, config, dispatcher, since: performance.now() }
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
      const { config, dispatcher } = connectionsFor(certificate)
      const { headers } = await applyCredentials(config, parts)
      return {
        headers: { ...headers, ...(token && { Authorization: `Bearer ${token}` }) },
        dispatcher: await dispatcher,
      }
    },
    // Requests that have it still may authorize: their credentials stay readable.
    retire: () => {
      closeSoon(current)
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

/** Not at once: a request may have it that has not been sent yet. Requests that have been sent end first. */
function closeSoon(connections: Connections | undefined): void {
  connections?.dispatcher.then(
    (dispatcher) => setImmediate(() => void dispatcher.close()),
    () => undefined,
  )
}

/** The library makes a new one for each request; with them no connection would be used twice. */
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
    // Messages of parsers and auth-providers may hold what they read.
    throw misconfiguredError(
      `The credentials of ${who} cannot be used`,
      'Check that its certificate and key files exist, and that its auth-provider works with kubectl.',
    )
  }
  return { headers: context.getHeaders(), dispatcher: context.getDispatcher() }
}
