import { isAbsolute, relative } from 'node:path'
import type { ClusterEntry, UserEntry } from './kubeconfig-file.ts'
import { misconfigured } from './misconfigured.ts'
import type { KubeContext } from './read-kubeconfig.ts'

/** A context that may be used: it has a server with a URL. */
export interface VettedContext extends KubeContext {
  cluster: ClusterEntry
}

const TRUST = 'CAPSTAN_ALLOW_EXEC=true trusts the kubeconfig in full.'
/** Where Kubernetes mounts the credentials of a pod. */
const SERVICE_ACCOUNTS = '/var/run/secrets'

/**
 * Refuses what a kubeconfig must not do unasked: run programs, read files from anywhere, skip the check of who
 * answers, speak plain HTTP over a network. `trusted` allows all but the last. Throws CLUSTER_MISCONFIGURED.
 */
export function vetContext(
  context: KubeContext,
  { trusted, homeDir }: { trusted: boolean; homeDir: string | undefined },
): VettedContext {
  const { name, cluster } = context
  if (!cluster) {
    throw misconfigured(
      `Context "${name}" names a cluster that the kubeconfig does not hold`,
      'Add the cluster to the kubeconfig, or choose another context with CAPSTAN_CONTEXT.',
    )
  }
  vetServer(name, cluster, trusted)
  if (!trusted) {
    vetPlugins(name, context.user)
    vetFiles(context, homeDir)
  }
  return { ...context, cluster }
}

function vetServer(name: string, cluster: ClusterEntry, trusted: boolean): void {
  const url = URL.parse(cluster.server)
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '') {
    throw misconfigured(
      `The server of context "${name}" is not an http or https URL`,
      'Write it as https://host:port; credentials belong to the user.',
    )
  }
  // Through a proxy, localhost is somebody else's.
  if (isLoopback(url.hostname) && !cluster['proxy-url']) return
  if (url.protocol === 'http:') {
    throw misconfigured(
      `Context "${name}" would send its credentials to ${url.host} unencrypted`,
      'Use https; plain http is for loopback only.',
    )
  }
  if (cluster['insecure-skip-tls-verify'] && !trusted) {
    throw misconfigured(
      `Context "${name}" would talk to ${url.host} without checking who it is`,
      `Set certificate-authority-data in place of insecure-skip-tls-verify. ${TRUST}`,
    )
  }
}

function vetPlugins(name: string, user: UserEntry): void {
  if (!user.exec && !user['auth-provider']) return
  throw misconfigured(
    `Context "${name}" runs a program to get its credentials, which is refused`,
    `Use a token or a client certificate. ${TRUST}`,
  )
}

function vetFiles(
  { name, cluster, user, folders }: KubeContext,
  homeDir: string | undefined,
): void {
  const allowed = [...folders, ...(homeDir === undefined ? [] : [homeDir]), SERVICE_ACCOUNTS]
  const files = [
    cluster?.['certificate-authority'],
    user['client-certificate'],
    user['client-key'],
    user['token-file'],
    user.tokenFile,
  ]
  for (const file of files) {
    if (!file || allowed.some((folder) => isInside(file, folder))) continue
    throw misconfigured(
      `Context "${name}" refers to ${file}, which lies outside the folders of kubeconfig and home`,
      `Move the file, or embed it with \`kubectl config view --flatten\`. ${TRUST}`,
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
