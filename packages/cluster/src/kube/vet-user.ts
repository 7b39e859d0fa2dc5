import type { ExecEntry, UserEntry } from './kubeconfig-file.ts'
import { misconfiguredError } from './misconfigured-error.ts'

const PLUGIN_VERSIONS = [
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
] as const

/** Rejects users that kubectl rejects, before a request has another identity. Throws CLUSTER_MISCONFIGURED. */
export function vetUser(context: string, user: UserEntry): void {
  const fault = findUserFault(user) ?? (user.exec ? findPluginFault(user.exec) : undefined)
  if (fault === undefined) return
  throw misconfiguredError(
    `The user of context "${context}" ${fault}`,
    'Correct the user in the kubeconfig, or choose another context with CAPSTAN_CONTEXT.',
  )
}

function findUserFault(user: UserEntry): string | undefined {
  if (user.token && (user.username || user.password)) return 'has both a token and a password'
  if (user.exec && user['auth-provider']) return 'has both a plugin and an auth-provider'
  return findCertificateFault(user) ?? (user.as ? undefined : findImpersonationFault(user))
}

function findCertificateFault(user: UserEntry): string | undefined {
  const certificates = [user['client-certificate'], user['client-certificate-data']].filter(Boolean)
  const keys = [user['client-key'], user['client-key-data']].filter(Boolean)
  if (certificates.length === 0) return undefined
  if (keys.length === 0) return 'has a client certificate without its key'
  return certificates.length > 1 || keys.length > 1
    ? 'has a client certificate or key both as a file and as data'
    : undefined
}

function findImpersonationFault(user: UserEntry): string | undefined {
  const extra = Object.keys(user['as-user-extra'] ?? {})
  const parts = [user['as-uid'] ?? '', ...(user['as-groups'] ?? []), ...extra]
  return parts.some((part) => part !== '')
    ? 'impersonates a uid, groups or extra without a user'
    : undefined
}

function findPluginFault({
  command,
  apiVersion,
  interactiveMode,
  env,
}: ExecEntry): string | undefined {
  if (!command) return 'names a plugin without a command'
  if (!PLUGIN_VERSIONS.some((version) => version === apiVersion)) {
    return `names a plugin without an apiVersion of ${PLUGIN_VERSIONS.join(' or ')}`
  }
  if (env?.some(({ name }) => name === '')) return 'names a plugin with a nameless variable'
  // Capstan never uses a terminal. kubectl requires the field for v1.
  if (!interactiveMode || interactiveMode === 'Never' || interactiveMode === 'IfAvailable') {
    return undefined
  }
  return interactiveMode === 'Always'
    ? 'names a plugin that needs a terminal (interactiveMode: Always)'
    : 'names a plugin with an unknown interactiveMode'
}
