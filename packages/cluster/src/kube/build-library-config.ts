import type { KubeConfig } from '@kubernetes/client-node'
import type { Credential } from './credential.ts'
import type { VettedContext } from './vet-context.ts'

/**
 * Converts a context for the Kubernetes library, which handles TLS, passwords and auth-providers. Tokens, plugins and
 * impersonation are left out: the library differs from kubectl there. `proxyUrl` must not be a SOCKS proxy.
 */
export function buildLibraryConfig(
  Config: new () => KubeConfig,
  { name, cluster, user }: VettedContext,
  certificate: Credential['certificate'],
  proxyUrl: string | undefined,
): KubeConfig {
  const config = new Config()
  config.loadFromOptions({
    clusters: [{ ...buildLibraryCluster(cluster), proxyUrl }],
    users: [certificate ? buildPluginUser(certificate) : buildLibraryUser(user)],
    contexts: [{ name, cluster: 'cluster', user: 'user' }],
    currentContext: name,
  })
  return config
}

function buildLibraryCluster(cluster: VettedContext['cluster']) {
  return {
    name: 'cluster',
    server: cluster.server,
    caData: cluster['certificate-authority-data'],
    caFile: cluster['certificate-authority'],
    // The library rejects plain http without it. vetContext has allowed http only for loopback.
    skipTLSVerify:
      cluster['insecure-skip-tls-verify'] === true || cluster.server.startsWith('http:'),
    tlsServerName: cluster['tls-server-name'] || undefined,
  }
}

/** Returns a user in every case: without one, the library drops the CA of the cluster. */
function buildLibraryUser(user: VettedContext['user']) {
  return {
    name: 'user',
    certData: user['client-certificate-data'],
    certFile: user['client-certificate'],
    keyData: user['client-key-data'],
    keyFile: user['client-key'],
    username: user.username,
    password: user.password ?? '',
    authProvider: user.token || user.tokenFile ? undefined : user['auth-provider'],
  }
}

function buildPluginUser({ cert, key }: NonNullable<Credential['certificate']>) {
  return {
    name: 'user',
    certData: Buffer.from(cert).toString('base64'),
    keyData: Buffer.from(key).toString('base64'),
  }
}
