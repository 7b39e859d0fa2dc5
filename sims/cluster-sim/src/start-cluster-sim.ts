import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { BuiltIn } from './built-in.ts'
import { createView } from './cluster.ts'
import { CrdManifest } from './crds/crd-manifest.ts'
import { CrdStore } from './crds/crd-store.ts'
import { ActiveFaults, type Faults } from './faults.ts'
import { handleClusterRequest } from './http/handle-cluster-request.ts'
import { createFailureReply } from './http/cluster-reply.ts'
import { renderKubeconfig } from './render-kubeconfig.ts'
import { BuiltInGroup } from './load/built-in-group.ts'
import { loadCluster } from './load/load-cluster.ts'
import { addGroup, removeGroup } from './load/change-groups.ts'
import type { SimulatedCluster } from './load/simulated-cluster.ts'

export interface ClusterSimOptions {
  /** `demo`, a cluster list (.json), or a folder of manifests. */
  cluster: string
  /** Default: the loopback. */
  host?: string
  /** Default: any free port. */
  port?: number
  faults?: Faults
  /** A CRD has the same uid in every run. Only for clusters that do not change at run time. Default: random. */
  stableUids?: boolean
  /** Accepts requests without a token, but not with a wrong one. Default: false. */
  anonymous?: boolean
}

/** A request to the simulated cluster, in order of arrival. */
export interface RecordedRequest {
  method: string
  /** Path with query. */
  path: string
  accept: string
  /** Status of the response; 0 while it is pending. */
  status: number
}

/** A change while the cluster runs. */
export type ClusterChange =
  | { apply: unknown }
  | { delete: string }
  /** Toggles a condition of the CRD with this name. */
  | { status: string }
  /** Registers a group of an aggregated API server, in the format of the demo cluster. */
  | { register: unknown }
  /** Deletes the API services of such a group, and its types. */
  | { unregister: string }
  /** Replaces everything by another cluster, like an upgrade. */
  | { cluster: string }
  /** Ends open watches as after their timeout, or breaks their connections. */
  | { watches: 'end' | 'break' }
  /** Drops the history: watches and lists from an older version get 410. */
  | { past: 'forget' }

export interface ClusterSim {
  url: string
  /** YAML text with the bearer token that the server requires. */
  kubeconfig: string
  requests(): RecordedRequest[]
  /** Replaces all faults and resets their counts. */
  setFaults(faults: Faults): void
  update(change: ClusterChange): Promise<void>
  close(): Promise<void>
}

/** Serves the type definitions of a cluster at the paths of the Kubernetes API. */
export async function startClusterSim(options: ClusterSimOptions): Promise<ClusterSim> {
  const store = new CrdStore(options.stableUids ?? false)
  const cluster = await loadCluster(options.cluster)
  for await (const manifest of cluster.crds) store.load(manifest)
  const token = randomBytes(24).toString('base64url')
  const state = { builtIn: cluster.builtIn, faults: new ActiveFaults(options.faults ?? {}) }
  const seen: RecordedRequest[] = []
  const watches = new Set<ServerResponse>()
  const view = createView(store)
  const server = createServer((request, response) => {
    note(seen, request, response)
    const { builtIn, faults } = state
    const { anonymous = false } = options
    const now = { faults, view: () => view(builtIn, faults.set) }
    const handling = { ...now, token, anonymous, store, watches }
    handleClusterRequest(handling, request, response).catch((error: unknown) =>
      giveUp(response, error),
    )
  })
  const url = await listen(server, options)
  return {
    url,
    kubeconfig: renderKubeconfig({ name: cluster.name, url, token }),
    requests: () => [...seen],
    setFaults: (faults) => (state.faults = new ActiveFaults(faults)),
    update: async (change) => {
      if ('cluster' in change) {
        state.builtIn = await becomeCluster(store, await loadCluster(change.cluster))
      } else if ('register' in change) {
        state.builtIn = addGroup(state.builtIn, BuiltInGroup.parse(change.register))
      } else if ('unregister' in change) {
        state.builtIn = removeGroup(state.builtIn, change.unregister)
      } else if ('watches' in change) stopWatches(watches, change.watches)
      else changeCrds(store, change)
    },
    close: () => closeServer(server),
  }
}

// Enough for every test, and bounded for demos that run for days.
const KEPT_REQUESTS = 100_000

function note(seen: RecordedRequest[], request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url: path = '' } = request
  const entry = { method, path, accept: request.headers.accept ?? '', status: 0 }
  seen.push(entry)
  if (seen.length > KEPT_REQUESTS) seen.shift()
  response.once('finish', () => (entry.status = response.statusCode))
}

/** Reports an error of the simulator: 500, or a closed connection after the headers were sent. */
function giveUp(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, headers, body } = createFailureReply(500, 'InternalError', String(error))
  response.writeHead(status, headers).end(body)
}

async function listen(server: Server, options: ClusterSimOptions): Promise<string> {
  const host = options.host ?? '127.0.0.1'
  server.listen(options.port ?? 0, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP port')
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

function changeCrds(
  store: CrdStore,
  change: Extract<
    ClusterChange,
    { apply: unknown } | { delete: string } | { status: string } | { past: string }
  >,
): void {
  if ('apply' in change) store.apply(CrdManifest.parse(change.apply))
  else if ('delete' in change) store.delete(change.delete)
  else if ('status' in change) store.changeStatus(change.status)
  else store.compact()
}

function stopWatches(watches: Set<ServerResponse>, how: 'end' | 'break'): void {
  for (const response of watches) {
    if (how === 'end') response.end()
    else response.destroy()
  }
}

async function becomeCluster(store: CrdStore, next: SimulatedCluster): Promise<BuiltIn> {
  const names = new Set<string>()
  for await (const manifest of next.crds) {
    names.add(manifest.metadata.name)
    store.apply(manifest)
  }
  for (const { name } of store.list() ?? []) if (!names.has(name)) store.delete(name)
  return next.builtIn
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  // Open watches would otherwise keep it from closing.
  server.closeAllConnections()
  await closed
}
