import type { ClusterSource, DescribeResult } from '@capstan/cluster/cluster-source'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { makeDefinition } from '@capstan/testkit/make-definition'
import type { ApiDeps } from '../../src/deps.ts'

export interface LiteralCluster {
  definitions: Definition[]
  /** Types without a readable definition. */
  undescribable?: string[]
  /** Error that the discovery throws. */
  fault?: Error
  /** The discovery waits for this promise. */
  answersAfter?: () => Promise<void>
  discoveries: number
  /** `maxAgeMs` of each discovery. */
  maxAges: number[]
  describes: number
  /** Number of described types. */
  yielded: number
}

/** A literal cluster `prod`, for tests of what the API does with cluster data. */
export function literalClusters(kinds: string[]): {
  cluster: LiteralCluster
  clusters: ApiDeps['clusters']
} {
  const cluster: LiteralCluster = {
    definitions: kinds.map((kind) => makeDefinition(kind)),
    discoveries: 0,
    maxAges: [],
    describes: 0,
    yielded: 0,
  }
  const source = createSource(cluster)
  return {
    cluster,
    clusters: {
      names: [source.name],
      find: (name = 'default') => (name === 'default' || name === source.name ? source : undefined),
    },
  }
}

function createSource(cluster: LiteralCluster): ClusterSource {
  return {
    name: 'prod',
    origin: 'a test',
    discover: async (signal, { maxAgeMs = 0 } = {}) => {
      signal.throwIfAborted()
      cluster.maxAges.push(maxAgeMs)
      cluster.discoveries += 1
      await cluster.answersAfter?.()
      if (cluster.fault) throw cluster.fault
      const types = cluster.definitions.map(({ type }) => type)
      return {
        types: types.toSorted((a, b) => (resourceName(a) < resourceName(b) ? -1 : 1)),
        unscannable: [{ resource: 'bindings', reason: 'holds no objects' }],
        unavailable: [],
      }
    },
    describe: (types) => describe(cluster, types.map(resourceName)),
    example: async () => ({ outcome: 'unavailable', reason: 'no schema' }),
    warnings: () => [],
    close: async () => {},
  }
}

async function* describe(cluster: LiteralCluster, names: string[]): AsyncGenerator<DescribeResult> {
  cluster.describes += 1
  const wanted = new Set(names)
  for (const definition of cluster.definitions) {
    const name = resourceName(definition.type)
    if (!wanted.has(name)) continue
    cluster.yielded += 1
    yield cluster.undescribable?.includes(name)
      ? { outcome: 'undescribable', type: definition.type, reason: 'no schema' }
      : { outcome: 'described', definition }
  }
}
