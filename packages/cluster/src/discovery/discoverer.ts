import type { Discovery } from '../cluster-source.ts'
import type { KubeClient } from '../kube/kube-client.ts'
import { forbiddenError, notKubernetesError } from '../kube/kube-errors.ts'
import type { Reducer } from '../reduce/reducer.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import { chooseTypes, selectPreferredVersions } from './choose-types.ts'
import type { VersionedResource, RawDiscovery } from './versioned-resource.ts'
import { parseLegacyGroups, readLegacy } from './read-legacy.ts'

/** The types of a server, and the resources that `describe` needs. */
export interface DiscoveryResult {
  discovery: Discovery
  /** The chosen version of each resource by name, including unscannable ones. */
  resources: ReadonlyMap<string, VersionedResource>
}

/** The result for `/api` or `/apis`. */
interface RootResult {
  etag: string | undefined
  found: RawDiscovery
}

/** v2 is stable since Kubernetes 1.30, v2beta1 exists since 1.26. Plain JSON selects the legacy form. */
const AGGREGATED = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',')

/** Reads the types of a server. An unchanged server answers both requests with 304. */
export function createDiscoverer(
  client: KubeClient,
  reducer: Reducer,
): (signal: AbortSignal) => Promise<DiscoveryResult> {
  const roots = new Map<string, RootResult>()
  let last: { discovered: DiscoveryResult; core: RootResult; named: RootResult } | undefined
  return async (signal) => {
    const [core, named] = await Promise.all([
      readRoot({ client, reducer }, roots, '/api', signal),
      readRoot({ client, reducer }, roots, '/apis', signal),
    ])
    const same = last?.core === core && last.named === named
    const discovered = same && last ? last.discovered : join(core.found, named.found)
    last = { discovered, core, named }
    return discovered
  }
}

function join(core: RawDiscovery, named: RawDiscovery): DiscoveryResult {
  const raw = {
    resources: [...core.resources, ...named.resources],
    unavailable: [...core.unavailable, ...named.unavailable],
  }
  return { discovery: chooseTypes(raw), resources: selectPreferredVersions(raw.resources) }
}

async function readRoot(
  { client, reducer }: { client: KubeClient; reducer: Reducer },
  roots: Map<string, RootResult>,
  path: '/api' | '/apis',
  signal: AbortSignal,
): Promise<RootResult> {
  const known = roots.get(path)
  const reply = await client.get(path, signal, { accept: AGGREGATED, etag: known?.etag })
  if (reply.status === 304 && known) return known
  if (reply.status === 403) throw forbiddenError('discovery')
  // A server for custom resources only has no core group.
  if (reply.status === 404 && path === '/api') return { etag: undefined, found: NOTHING }
  if (reply.status !== 200) throw notKubernetesError('The server', path)
  const root = {
    etag: reply.etag,
    found: reply.contentType.includes('as=APIGroupDiscoveryList')
      ? await asKubernetesAnswer(path, () => reducer.run('discovery', { body: reply.body }, signal))
      : await readLegacy(
          client,
          await asKubernetesAnswer(path, () => parseLegacyGroups(parse(reply.body))),
          signal,
        ),
  }
  // The ETag of a legacy answer does not cover the resources of its groups.
  if (reply.contentType.includes('as=APIGroupDiscoveryList')) roots.set(path, root)
  return root
}

const NOTHING: RawDiscovery = { resources: [], unavailable: [] }

async function asKubernetesAnswer<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ReducerError || error instanceof SyntaxError || isZodError(error)) {
      throw notKubernetesError('The server', path)
    }
    throw error
  }
}

function isZodError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ZodError'
}

function parse(body: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(body))
}
