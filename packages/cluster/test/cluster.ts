import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Definition } from '@capstan/shared/contract/definition'
import type { ClusterSim, RecordedRequest } from '@capstan/cluster-sim/start-cluster-sim'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import type { ClusterSource, DescribeResult, SourceCache } from '../src/cluster-source.ts'
import type { Clusters } from '../src/clusters.ts'
import { openClusters, type ClusterConfig } from '../src/open-clusters.ts'

/** Writes a file into a new folder and returns its path. */
export function writeTemporary(name: string, content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'capstan-cluster-')), name)
  writeFileSync(path, content)
  return path
}

/** Opens the clusters of a configuration; closed after the test. */
export function open(config: Partial<ClusterConfig>): Clusters {
  const clusters = openClusters({ inCluster: false, allowExec: false, homeDir: '', ...config })
  onTestFinished(() => clusters.close())
  return clusters
}

/** A source for a simulated cluster. */
export function createSource({ kubeconfig }: Pick<ClusterSim, 'kubeconfig'>): ClusterSource {
  return open({ kubeconfig: writeTemporary('config', kubeconfig) }).default
}

/** A cache of definitions in this process. */
export function createMemoryCache(): SourceCache & { size(): number } {
  const known = new Map<string, Definition>()
  return {
    lookup: async (keys) => keys.map((key) => known.get(key)),
    remember: async (entries) => {
      for (const { sourceKey, definition } of entries) known.set(sourceKey, definition)
    },
    size: () => known.size,
  }
}

/** Discovers and describes everything; results by name. */
export async function scan(
  source: ClusterSource,
  known: SourceCache = createMemoryCache(),
  only: (resource: string) => boolean = () => true,
): Promise<Map<string, DescribeResult>> {
  const { types } = await source.discover(signal())
  const results = new Map<string, DescribeResult>()
  const chosen = types.filter((type) => only(nameOf(type)))
  for await (const described of source.describe(chosen, known, signal())) {
    const type = described.outcome === 'described' ? described.definition.type : described.type
    if (results.has(nameOf(type))) throw new Error(`${nameOf(type)} came twice`)
    results.set(nameOf(type), described)
  }
  if (results.size !== chosen.length) throw new Error(`${chosen.length - results.size} never came`)
  return results
}

/** The definition of a resource in results. */
export function getDefinition(results: Map<string, DescribeResult>, resource: string): Definition {
  const described = results.get(resource)
  if (described?.outcome !== 'described')
    throw new Error(`${resource}: ${described?.reason ?? 'unknown'}`)
  return described.definition
}

/** Definition and outline hashes by name. */
export function collectHashes(
  results: Map<string, DescribeResult>,
  hash: 'definitionHash' | 'outlineHash',
) {
  return new Map([...results.keys()].map((name) => [name, getDefinition(results, name)[hash]]))
}

/** The requests to the simulator during a step. */
export async function recordRequests(
  sim: ClusterSim,
  step: () => Promise<unknown>,
): Promise<RecordedRequest[]> {
  const before = sim.requests().length
  await step()
  return sim.requests().slice(before)
}

export function signal(): AbortSignal {
  return AbortSignal.timeout(300_000)
}

function nameOf({ plural, group }: { plural: string; group: string }): string {
  return group === '' ? plural : `${plural}.${group}`
}
