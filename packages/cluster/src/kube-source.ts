import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { ClusterSource, DescribeResult } from './cluster-source.ts'
import { describeCrds, type CrdType } from './definitions/describe-crds.ts'
import { describeOpenApi } from './definitions/describe-openapi.ts'
import type { DescribeContext } from './definitions/describe-context.ts'
import { createIndexReader } from './definitions/openapi-index.ts'
import { readCrdNames } from './definitions/read-crd-names.ts'
import { readRegisteredGroups } from './definitions/read-registered-groups.ts'
import { createDiscoverer } from './discovery/discoverer.ts'
import { singleFlight } from './discovery/single-flight.ts'
import type { KubeClient } from './kube/kube-client.ts'
import type { OpenApiType } from './reduce/reduce-openapi.ts'
import { createReducer } from './reduce/reducer.ts'
import type { CrdEntry } from './reduce/reducer-tasks.ts'
import { watchCrdMetadata } from './watch/watch-crd-metadata.ts'
import { mergeStreams } from './streams/merge-streams.ts'

export interface KubeSourceOptions {
  name: string
  origin: string
  client: KubeClient
  budgetTokens: number
}

/** How long the last discovery serves a describe that follows it. */
const DISCOVERY_MS = 60_000
const NO_CRDS =
  'No access to CRDs (list customresourcedefinitions.apiextensions.k8s.io is forbidden): read OpenAPI instead, ' +
  'which is slower and knows no printer columns. Grant get, list and watch on it.'

/** The types of a running API server. */
export function createKubeSource(options: KubeSourceOptions): ClusterSource {
  const { name, origin, client, budgetTokens } = options
  const reducer = createReducer()
  const discover = singleFlight(createDiscoverer(client, reducer))
  const readIndex = createIndexReader(client)
  const warnings = new Set<string>()
  return {
    name,
    origin,
    discover: async (signal, { maxAgeMs = 0 } = {}) => (await discover(signal, maxAgeMs)).discovery,
    describe: async function* (types, known, signal) {
      warnings.clear()
      const warn = (warning: string): unknown => warnings.add(warning)
      const describing: DescribeContext = { client, reducer, known, budgetTokens, warn, signal }
      const { resources } = await discover(signal, DISCOVERY_MS)
      const crds = await crdsFor(describing, types)
      const { byCrd, byOpenApi } = sortOut(types, crds)
      const wanted = byOpenApi.map((type): OpenApiType => {
        const subresources = resources.get(resourceName(type))?.subresources ?? []
        return { type, subresources }
      })
      yield* mergeStreams<DescribeResult>([
        describeCrds(describing, byCrd, crds?.size ?? 0),
        describeOpenApi(describing, readIndex, wanted),
      ])
    },
    definedTypes: async (signal) => {
      const crds = await readCrdNames({ client, reducer, signal })
      return crds && new Set(crds.keys())
    },
    registeredGroups: (signal) => readRegisteredGroups({ client, reducer, signal }),
    address: () => client.address(),
    warmUp: () => reducer.warmUp(),
    watch: (signal) => watchCrdMetadata(client, signal),
    warnings: () => [...warnings],
    close: async () => {
      await Promise.all([reducer.close(), client.close()])
    },
  }
}

/** The cluster's CRDs, unless no type can be one. Undefined when the account may not list them. */
async function crdsFor(
  describing: DescribeContext,
  types: ResourceType[],
): Promise<Map<string, CrdEntry> | undefined> {
  if (types.every(({ origin }) => origin === 'builtin')) return new Map()
  const crds = await readCrdNames(describing)
  if (!crds) describing.warn(NO_CRDS)
  return crds
}

/** The list of CRDs decides what is one; a type's origin was only guessed from its group. */
function sortOut(
  types: ResourceType[],
  crds: ReadonlyMap<string, CrdEntry> | undefined,
): { byCrd: CrdType[]; byOpenApi: ResourceType[] } {
  const byCrd: CrdType[] = []
  const byOpenApi: ResourceType[] = []
  for (const type of types) {
    const entry = crds?.get(resourceName(type))
    if (entry) byCrd.push({ type: { ...type, origin: 'crd' }, entry })
    else if (crds && type.origin === 'crd') byOpenApi.push({ ...type, origin: 'aggregated' })
    else byOpenApi.push(type)
  }
  return { byCrd, byOpenApi }
}
