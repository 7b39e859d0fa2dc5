import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { BuiltIn } from './built-in.ts'
import { createView } from './cluster.ts'
import { CrdManifest } from './crds/crd-manifest.ts'
import { CrdStore } from './crds/crd-store.ts'
import { ActiveFaults, type Faults } from './faults.ts'
import { handleRequest } from './http/handle-request.ts'
import { failure } from './http/reply.ts'
import { kubeconfig } from './kubeconfig.ts'
import { BuiltInGroup } from './load/built-in-group.ts'
import { loadCluster } from './load/load-cluster.ts'
import { withGroup, withoutGroup } from './load/other-server.ts'
import type { SimulatedCluster } from './load/simulated-cluster.ts'

export interface ClusterSimOptions {
  /** `demo`, a cluster list (.json), or a folder of manifests. */
  cluster: string
  /** Default: the loopback. */
  host?: string
  /** Default: any free one. */
  port?: number
  faults?: Faults
  /** Every run gives a CRD the same uid. Only for clusters that never change at run time. Default: random. */
  stableUids?: boolean
  /** Requests without a token are answered as well; with a wrong one they are not. Default: false. */
  anonymous?: boolean
}

/** A request the simulated cluster got, in the order of arrival. */
export interface SeenRequest {
  method: string
  /** With its query. */
  path: string
  accept: string
  /** Status of the answer; 0 while there is none. */
  status: number
}

/** A change while the cluster runs. */
export type ClusterChange =
  | { apply: unknown }
  | { delete: string }
  /** Of the CRD of this name a condition of its status changes, nothing else. */
  | { status: string }
  /** A group that another server serves is registered: as the demo cluster writes down one of its own. */
  | { register: unknown }
  /** The API services of such a group are deleted, and with them its types. */
  | { unregister: string }
  /** Becomes like another cluster: an upgrade of everything at once. */
  | { cluster: string }
  /** What open watches see next: the end, as at their timeout, or a broken connection. */
  | { watches: 'end' | 'break' }
  /** The past is forgotten: watches and lists from an older version are told 410. */
  | { past: 'forget' }

export interface ClusterSim {
  url: string
  /** YAML text with a bearer token, which the server requires. */
  kubeconfig: string
  requests(): SeenRequest[]
  /** Replaces all faults and starts their counts anew. */
  setFaults(faults: Faults): void
  update(change: ClusterChange): Promise<void>
  close(): Promise<void>
}

/** Serves the type definitions of a cluster at the paths of the Kubernetes API, and nothing else. */
export async function startClusterSim(options: ClusterSimOptions): Promise<ClusterSim> {
  const store = new CrdStore(options.stableUids ?? false)
  const cluster = await loadCluster(options.cluster)
  for await (const manifest of cluster.crds) store.load(manifest)
  const token = randomBytes(24).toString('base64url')
  const state = { builtIn: cluster.builtIn, faults: new ActiveFaults(options.faults ?? {}) }
  const seen: SeenRequest[] = []
  const watches = new Set<ServerResponse>()
  const view = createView(store)
  const server = createServer((request, response) => {
    note(seen, request, response)
    const { builtIn, faults } = state
    const { anonymous = false } = options
    const now = { faults, view: () => view(builtIn, faults.set) }
    const handling = { ...now, token, anonymous, store, watches }
    handleRequest(handling, request, response).catch((error: unknown) => giveUp(response, error))
  })
  const url = await listen(server, options)
  return {
    url,
    kubeconfig: kubeconfig({ name: cluster.name, url, token }),
    requests: () => [...seen],
    setFaults: (faults) => (state.faults = new ActiveFaults(faults)),
    update: async (change) => {
      if ('cluster' in change) {
        state.builtIn = await becomeCluster(store, await loadCluster(change.cluster))
      } else if ('register' in change) {
        state.builtIn = withGroup(state.builtIn, BuiltInGroup.parse(change.register))
      } else if ('unregister' in change) {
        state.builtIn = withoutGroup(state.builtIn, change.unregister)
      } else if ('watches' in change) stopWatches(watches, change.watches)
      else changeCrds(store, change)
    },
    close: () => closeServer(server),
  }
}

// Enough for every test; a demo that runs for days must not grow.
const KEPT_REQUESTS = 100_000

function note(seen: SeenRequest[], request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url: path = '' } = request
  const entry = { method, path, accept: request.headers.accept ?? '', status: 0 }
  seen.push(entry)
  if (seen.length > KEPT_REQUESTS) seen.shift()
  response.once('finish', () => (entry.status = response.statusCode))
}

/** A fault of the simulator itself; the client sees a 500, or a broken connection when it is too late for that. */
function giveUp(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, headers, body } = failure(500, 'InternalError', String(error))
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
  // Open watches would keep it from closing for ever.
  server.closeAllConnections()
  await closed
}
