import { stringify } from 'yaml'

/**
 * Renders a kubeconfig for the simulated cluster. Clients refuse plain HTTP unless TLS verification is
 * disabled.
 */
export function renderKubeconfig(cluster: { name: string; url: string; token: string }): string {
  const { name, url, token } = cluster
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'capstan', user: { token } }],
    contexts: [{ name, context: { cluster: name, user: 'capstan' } }],
    'current-context': name,
  })
}
