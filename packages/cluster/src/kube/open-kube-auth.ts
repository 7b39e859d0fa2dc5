import type { KubeConfig } from '@kubernetes/client-node'
import { Agent, type Dispatcher } from 'undici'
import { explainFaults } from '@capstan/shared/http/proxy-dispatcher'
import type { ChooseProxy } from '@capstan/shared/http/proxy-rules'
import { parseProxy, type ProxyServer } from '@capstan/shared/http/proxy-server'
import type { UserEntry } from './kubeconfig-file.ts'
import type { VettedContext } from './vet-context.ts'
import { misconfigured } from './misconfigured.ts'

/** What a request to one API server needs. */
export interface KubeAuth {
  /** With its path prefix, without a slash at the end. */
  readonly server: string
  /** Undefined: reached directly, or through a SOCKS proxy of the kubeconfig. */
  readonly proxy: ProxyServer | undefined
  /** Fresh for each request: tokens expire and are read again. */
  authorize(): Promise<{ headers: Record<string, string>; dispatcher: Dispatcher }>
  close(): Promise<void>
}

/** Client certificates rotate; connections made with an old one are given up after this long. */
const DISPATCHER_MS = 5 * 60_000
const IN_CLUSTER_HINT =
  'Run it in a pod with a service account token mounted, or set KUBECONFIG or CAPSTAN_CLUSTER_FILES.'

/**
 * Authentication as the Kubernetes library does it for this context. The context's own `proxy-url` goes before the proxy
 * that the process is set up for, as with kubectl.
 */
export async function openContextAuth(
  context: VettedContext,
  chooseProxy: ChooseProxy,
): Promise<KubeAuth> {
  const { KubeConfig: Config } = await loadLibrary()
  const config = new Config()
  const own = context.cluster['proxy-url']
  const proxy = own ? readProxyUrl(own) : chooseProxy(context.cluster.server)
  config.loadFromOptions({
    clusters: [libraryCluster(context, proxy)],
    users: [libraryUser(context)],
    contexts: [{ name: context.name, cluster: 'cluster', user: 'user' }],
    currentContext: context.name,
  })
  return createAuth(config, `context "${context.name}"`, proxy)
}

/**
 * Authentication of the pod's service account. Like client-go it uses the proxy of the environment unless NO_PROXY names
 * the API server. Throws CLUSTER_MISCONFIGURED outside a pod.
 */
export async function openInClusterAuth(chooseProxy: ChooseProxy): Promise<KubeAuth> {
  const { KubeConfig: Config } = await loadLibrary()
  const config = new Config()
  config.loadFromCluster()
  const [cluster] = config.clusters
  if (!cluster || cluster.server.includes('undefined')) {
    throw misconfigured('This process does not run in a Kubernetes cluster', IN_CLUSTER_HINT)
  }
  const proxy = chooseProxy(cluster.server)
  config.clusters = [{ ...cluster, ...(proxy && { proxyUrl: proxy.url }) }]
  return createAuth(config, 'the service account of this pod', proxy)
}

/** It costs a second and 90 MB: only who talks to a cluster pays, and best before anybody waits. */
export function loadLibrary(): Promise<typeof import('@kubernetes/client-node')> {
  return import('@kubernetes/client-node')
}

/** For errors; the library reads `proxy-url` itself. Undefined for SOCKS, which only the library knows. */
function readProxyUrl(text: string): ProxyServer | undefined {
  try {
    return parseProxy(text, 'proxy-url of the context')
  } catch {
    return undefined
  }
}

function libraryCluster({ cluster }: VettedContext, proxy: ProxyServer | undefined) {
  return {
    name: 'cluster',
    server: cluster.server,
    caData: cluster['certificate-authority-data'],
    caFile: cluster['certificate-authority'],
    // The library refuses plain http without it; vetContext has allowed http for loopback only.
    skipTLSVerify:
      cluster['insecure-skip-tls-verify'] === true || cluster.server.startsWith('http:'),
    tlsServerName: cluster['tls-server-name'] ?? undefined,
    proxyUrl: cluster['proxy-url'] || proxy?.url,
  }
}

/** Always a user, even an empty one: without any the library forgets the cluster's CA. */
function libraryUser({ user }: VettedContext) {
  return {
    name: 'user',
    certData: user['client-certificate-data'],
    certFile: user['client-certificate'],
    keyData: user['client-key-data'],
    keyFile: user['client-key'],
    token: user.token,
    username: user.username,
    password: user.password,
    impersonateUser: user.as,
    exec: user.exec,
    authProvider: user['auth-provider'] ?? tokenFileProvider(user),
  }
}

/** Reads the file again every minute, which the library does not do for a token file of a kubeconfig. */
function tokenFileProvider(user: UserEntry) {
  const tokenFile = user['token-file'] ?? user.tokenFile
  return tokenFile && !user.token ? { name: 'tokenFile', config: { tokenFile } } : undefined
}

async function createAuth(
  config: KubeConfig,
  who: string,
  proxy: ProxyServer | undefined,
): Promise<KubeAuth> {
  const { HttpMethod, RequestContext } = await loadLibrary()
  const server = (config.getCurrentCluster()?.server ?? '').replace(/\/+$/, '')
  let current: { dispatcher: Dispatcher; since: number } | undefined
  return {
    server,
    proxy,
    authorize: async () => {
      const context = new RequestContext(server, HttpMethod.GET)
      await applyCredentials(config, context, who)
      const headers = context.getHeaders()
      if (current && Date.now() - current.since < DISPATCHER_MS) {
        return { headers, dispatcher: current.dispatcher }
      }
      // The library makes a new one for each request; with them no connection would be used twice.
      const made = context.getDispatcher() ?? new Agent()
      const dispatcher = proxy ? explainFaults(made, proxy) : made
      void current?.dispatcher.close()
      current = { dispatcher, since: Date.now() }
      return { headers, dispatcher }
    },
    close: async () => {
      await current?.dispatcher.destroy()
      current = undefined
    },
  }
}

async function applyCredentials(
  config: KubeConfig,
  context: InstanceType<typeof import('@kubernetes/client-node').RequestContext>,
  who: string,
): Promise<void> {
  try {
    await config.applySecurityAuthentication(context)
  } catch {
    // Messages of plugins and parsers may hold what they got hold of.
    throw misconfigured(
      `The credentials of ${who} cannot be used`,
      'Check that its certificate, key and token files exist and that its plugin works with kubectl.',
    )
  }
}
