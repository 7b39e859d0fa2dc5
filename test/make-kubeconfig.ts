import type { ClusterSim } from '@capstan/cluster-sim/start-cluster-sim'

export interface ContextFacts {
  server: string
  user: Record<string, unknown>
}

/** A kubeconfig with these contexts, the first of them current. JSON, which is YAML too. */
export function makeKubeconfig(contexts: Record<string, ContextFacts>): string {
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

/** The token that a simulated cluster lets in. */
export function tokenOf({ kubeconfig }: ClusterSim): string {
  const token = /token: (\S+)/.exec(kubeconfig)?.[1]
  if (token === undefined) throw new Error('the kubeconfig of the simulator has no token')
  return token
}
