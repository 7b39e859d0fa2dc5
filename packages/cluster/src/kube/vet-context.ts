import { isAbsolute, relative } from 'node:path'
import type { ClusterEntry, UserEntry } from './kubeconfig-file.ts'
import { misconfiguredError } from './misconfigured-error.ts'
import type { KubeContext } from './read-kubeconfig.ts'
import { readContextProxy } from './read-context-proxy.ts'
import { TRUST_HINT, vetPlugin, type PluginTrust } from './vet-plugin.ts'
import { vetUser } from './vet-user.ts'

/** A context that passed the checks: its server is a URL, and its user has one kind of credentials. */
export interface VettedContext {
  name: string
  cluster: ClusterEntry & { server: string }
  user: UserEntry
}

export interface VetOptions extends PluginTrust {
  homeDir: string | undefined
}

/** The mount path of the credentials of a pod. */
const SERVICE_ACCOUNTS = '/var/run/secrets'

/**
 * Rejects contexts that kubectl rejects. By default also rejects programs, files outside the usual folders, servers without
 * certificate checks, and plain HTTP over a network. `allowExec: true` permits all except plain HTTP; `known` permits known
 * credential plugins only. Throws CLUSTER_MISCONFIGURED.
 */
export function vetContext(context: KubeContext, options: VetOptions): VettedContext {
  const { name } = context
  const isTrusted = options.allowExec === true
  const cluster = requireCluster(context)
  vetServer(name, cluster, isTrusted)
  readContextProxy(name, cluster['proxy-url'])
  const user = vetPlugin(name, requireUser(context), options)
  vetUser(name, user)
  if (!isTrusted) vetFiles({ ...context, cluster, user }, options.homeDir)
  return { name, cluster, user }
}

function requireCluster({ name, clusterName, cluster }: KubeContext): VettedContext['cluster'] {
  const hint = 'Correct the kubeconfig, or choose another context with CAPSTAN_CONTEXT.'
  if (!cluster) {
    const fault =
      clusterName === ''
        ? 'names no cluster'
        : `names the cluster "${clusterName}", which the kubeconfig does not hold`
    throw misconfiguredError(`Context "${name}" ${fault}`, hint)
  }
  const { server } = cluster
  if (!server) throw misconfiguredError(`The cluster of context "${name}" has no server`, hint)
  return { ...cluster, server }
}

function requireUser({ name, userName, user }: KubeContext): UserEntry {
  if (user) return user
  if (userName === '') return {}
  throw misconfiguredError(
    `Context "${name}" names the user "${userName}", whom the kubeconfig does not hold`,
    'Add the user to the kubeconfig, or choose another context with CAPSTAN_CONTEXT.',
  )
}

function vetServer(name: string, cluster: VettedContext['cluster'], isTrusted: boolean): void {
  const url = URL.parse(cluster.server)
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '') {
    throw misconfiguredError(
      `The server of context "${name}" is not an http or https URL`,
      'Write it as https://host:port; credentials belong to the user.',
    )
  }
  vetCertificateChecks(name, cluster, url.protocol)
  // Behind a proxy, localhost is another machine.
  if (isLoopback(url.hostname) && !cluster['proxy-url']) return
  if (url.protocol === 'http:') {
    throw misconfiguredError(
      `Context "${name}" would send its credentials to ${url.host} unencrypted`,
      'Use https; plain http is for loopback only.',
    )
  }
  if (cluster['insecure-skip-tls-verify'] && !isTrusted) {
    throw misconfiguredError(
      `Context "${name}" would talk to ${url.host} without checking who it is`,
      `Set certificate-authority-data in place of insecure-skip-tls-verify. ${TRUST_HINT}`,
    )
  }
}

/** Like kubectl, rejects fields that would be ignored beside others. */
function vetCertificateChecks(name: string, cluster: ClusterEntry, protocol: string): void {
  const data = cluster['certificate-authority-data']
  const file = cluster['certificate-authority']
  if (data && file) {
    throw misconfiguredError(
      `Context "${name}" has its certificate authority both as a file and as data`,
      'Remove certificate-authority or certificate-authority-data.',
    )
  }
  if (protocol === 'https:' && cluster['insecure-skip-tls-verify'] && (data || file)) {
    throw misconfiguredError(
      `Context "${name}" has both a certificate authority and insecure-skip-tls-verify`,
      'Remove insecure-skip-tls-verify.',
    )
  }
}

function vetFiles(
  { name, cluster, user, folders }: KubeContext,
  homeDir: string | undefined,
): void {
  const allowed = [...folders, ...(homeDir === undefined ? [] : [homeDir]), SERVICE_ACCOUNTS]
  const files = [
    cluster?.['certificate-authority'],
    user?.['client-certificate'],
    user?.['client-key'],
    user?.['token-file'],
    user?.tokenFile,
  ]
  for (const file of files) {
    if (!file || allowed.some((folder) => isInside(file, folder))) continue
    throw misconfiguredError(
      `Context "${name}" refers to ${file}, which lies outside the folders of kubeconfig and home`,
      `Move the file, or embed it with \`kubectl config view --flatten\`. ${TRUST_HINT}`,
    )
  }
}

function isInside(file: string, folder: string): boolean {
  const path = relative(folder, file)
  return path !== '' && !path.startsWith('..') && !isAbsolute(path)
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
