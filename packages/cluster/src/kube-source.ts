import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { ClusterSource, DescribeResult } from './cluster-source.ts'
import { describeCrds, type CrdType } from './definitions/describe-crds.ts'
import { describeOpenApi } from './definitions/describe-openapi.ts'
import type { DescribeContext } from './definitions/describe-context.ts'
import { createIndexReader } from './definitions/openapi-index.ts'
import { readCrdNames } from './definitions/read-crd-names.ts'
import { renderTypeExample } from './definitions/render-type-example.ts'
import { readRegisteredGroups } from './definitions/read-registered-groups.ts'
import { createDiscoverer } from './discovery/discoverer.ts'
import { singleFlight } from './discovery/single-flight.ts'
import type { KubeClient } from './kube/kube-client.ts'
import type { OpenApiType } from './reduce/reduce-openapi.ts'
import { createReducer } from './reduce/reducer.ts'
import type { CrdEntry } from './watch/crd-change.ts'
import { watchCrdMetadata } from './watch/watch-crd-metadata.ts'
import { mergeStreams } from './streams/merge-streams.ts'

export interface KubeSourceOptions {
  name: string
  origin: string
  client: KubeClient
  budgetTokens: number
}

/** `describe` repeats a discovery that is older. */
const DISCOVERY_MAX_AGE_MS = 60_000
const NO_CRDS =
  'No access to CRDs (list customresourcedefinitions.apiextensions.k8s.io is forbidden): read OpenAPI instead, ' +
  'which is slower and has no printer columns. Grant get, list and watch on it.'

/** Creates a source for the types of an API server. */
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
      const context: DescribeContext = { client, reducer, known, budgetTokens, warn, signal }
      const { resources } = await discover(signal, DISCOVERY_MAX_AGE_MS)
      const crds = await readCrdsFor(context, types)
      const { byCrd, byOpenApi } = splitBySource(types, crds)
      const openApiTypes = byOpenApi.map((type): OpenApiType => {
        const subresources = resources.get(resourceName(type))?.subresources ?? []
        return { type, subresources }
      })
      yield* mergeStreams<DescribeResult>([
        describeCrds(context, byCrd, crds?.size ?? 0),
        describeOpenApi(context, readIndex, openApiTypes),
      ])
    },
    example: (type, signal) => renderTypeExample({ client, reducer, readIndex, signal }, type),
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

/** Reads the CRDs of the cluster; none if all types are built in. Undefined if RBAC forbids to list them. */
async function readCrdsFor(
  context: DescribeContext,
  types: ResourceType[],
): Promise<Map<string, CrdEntry> | undefined> {
  if (types.every(({ origin }) => origin === 'builtin')) return new Map()
  const crds = await readCrdNames(context)
  if (!crds) context.warn(NO_CRDS)
  return crds
}

/**
 * Splits types by the source of their definition. Corrects their origin, which was guessed from their group, by the list
 * of CRDs.
 */
function splitBySource(
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
