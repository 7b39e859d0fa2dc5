import type { ClusterSim } from '@capstan/cluster-sim/start-cluster-sim'

export interface KubeconfigContext {
  server: string
  user: Record<string, unknown>
}

/** Builds a kubeconfig with these contexts; the first one is current. The JSON is also valid YAML. */
export function makeKubeconfig(contexts: Record<string, KubeconfigContext>): string {
  const entries = Object.entries(contexts)
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: entries.map(([name, { server }]) => ({ name, cluster: { server } })),
    users: entries.map(([name, { user }]) => ({ name, user })),
    contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: name } })),
    'current-context': entries[0]?.[0],
  })
}

/** Reads the token that a simulated cluster accepts. */
export function readSimToken({ kubeconfig }: ClusterSim): string {
  const token = /token: (\S+)/.exec(kubeconfig)?.[1]
  if (token === undefined) throw new Error('the kubeconfig of the simulator has no token')
  return token
}
