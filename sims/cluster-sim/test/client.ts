import type { ClusterSim } from '../src/start-cluster-sim.ts'

export const ACCEPT_AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'
export const ACCEPT_METADATA_ONLY =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'
export const CRD_LIST_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** Sends a request with the token of the kubeconfig. Redirects are returned, not followed. */
export async function fetchFromCluster(
  sim: ClusterSim,
  path: string,
  options: { accept?: string; headers?: Record<string, string>; method?: string } = {},
): Promise<Response> {
  const { accept = 'application/json', headers = {}, method = 'GET' } = options
  const authorization = `Bearer ${tokenOf(sim)}`
  const all = { authorization, accept, ...headers }
  return fetch(sim.url + path, { method, headers: all, redirect: 'manual' })
}

/** The response as untyped JSON. Tests check single fields of it. */
// oxlint-disable-next-line typescript/no-explicit-any -- assertions below it are the check of its shape
export async function fetchJson(sim: ClusterSim, path: string, accept?: string): Promise<any> {
  const response = await fetchFromCluster(sim, path, accept === undefined ? {} : { accept })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

/** Yields the events of a watch until `signal` is aborted or the server ends it. */
export async function* watchLines(
  sim: ClusterSim,
  query: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const headers = { authorization: `Bearer ${tokenOf(sim)}`, accept: 'application/json' }
  const response = await fetch(`${sim.url}${CRD_LIST_PATH}?watch=1&${query}`, { headers, signal })
  let rest = ''
  for await (const chunk of response.body ?? []) {
    const lines = (rest + new TextDecoder().decode(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
  }
}

export interface WatchEvent {
  type: string
  object: {
    kind: string
    metadata: { name?: string; generation?: number; resourceVersion?: string }
    code?: number
  }
}

function tokenOf(sim: ClusterSim): string {
  const token = /token: (\S+)/.exec(sim.kubeconfig)?.[1]
  if (token === undefined) throw new Error('the kubeconfig has no token')
  return token
}
