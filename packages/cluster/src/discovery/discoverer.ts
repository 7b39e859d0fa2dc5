import type { Discovery } from '../cluster-source.ts'
import type { KubeClient } from '../kube/kube-client.ts'
import { forbiddenError, notKubernetesError } from '../kube/kube-errors.ts'
import type { Reducer } from '../reduce/reducer.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import { chooseTypes, selectPreferredVersions } from './choose-types.ts'
import type { DiscoveredResource, RawDiscovery } from './discovered-resource.ts'
import { parseLegacyGroups, readLegacy } from './read-legacy.ts'

/** What a server offers, with what only describing needs. */
export interface DiscoveryResult {
  discovery: Discovery
  /** The chosen version of each resource by name, also of unscannable ones. */
  resources: ReadonlyMap<string, DiscoveredResource>
}

interface Side {
  etag: string | undefined
  found: RawDiscovery
}

/** v2 is stable since 1.30; servers from 1.26 on have v2beta1; the plain form is the legacy one. */
const AGGREGATED = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',')

/** Asks what types a server has; an unchanged server answers two small calls with 304. */
export function createDiscoverer(
  client: KubeClient,
  reducer: Reducer,
): (signal: AbortSignal) => Promise<DiscoveryResult> {
  const sides = new Map<string, Side>()
  let last: { discovered: DiscoveryResult; core: Side; named: Side } | undefined
  return async (signal) => {
    const [core, named] = await Promise.all([
      readSide({ client, reducer }, sides, '/api', signal),
      readSide({ client, reducer }, sides, '/apis', signal),
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

async function readSide(
  { client, reducer }: { client: KubeClient; reducer: Reducer },
  sides: Map<string, Side>,
  path: '/api' | '/apis',
  signal: AbortSignal,
): Promise<Side> {
  const known = sides.get(path)
  const reply = await client.get(path, signal, { accept: AGGREGATED, etag: known?.etag })
  if (reply.status === 304 && known) return known
  if (reply.status === 403) throw forbiddenError('discovery')
  // A server for custom resources alone has no core group.
  if (reply.status === 404 && path === '/api') return { etag: undefined, found: NOTHING }
  if (reply.status !== 200) throw notKubernetesError('The server', path)
  const side = {
    etag: reply.etag,
    found: reply.contentType.includes('as=APIGroupDiscoveryList')
      ? await asExpected(path, () => reducer.run('discovery', { body: reply.body }, signal))
      : await readLegacy(
          client,
          await asExpected(path, () => parseLegacyGroups(parse(reply.body))),
          signal,
        ),
  }
  // The ETag of a legacy answer says nothing of the resources in its groups.
  if (reply.contentType.includes('as=APIGroupDiscoveryList')) sides.set(path, side)
  return side
}

const NOTHING: RawDiscovery = { resources: [], unavailable: [] }

async function asExpected<T>(path: string, read: () => T | Promise<T>): Promise<T> {
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
