import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openClusters } from '@capstan/cluster/open-clusters'
import type { ClusterSource, SourceCache } from '@capstan/cluster/cluster-source'
import { selectTypes } from '@capstan/cluster/select-types'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import type { Definition } from '@capstan/shared/contract/definition'

/** Every definition is read again. */
export const NO_CACHE: SourceCache = {
  lookup: async (sourceKeys) => sourceKeys.map(() => undefined),
  remember: async () => {},
}

/** Opens a cluster with the client of Capstan. `kubeconfig` is the text of the file; `stack` closes the cluster. */
export async function openBenchCluster(
  stack: AsyncDisposableStack,
  kubeconfig: string,
): Promise<ClusterSource> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-bench-cluster-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'kubeconfig')
  await writeFile(path, kubeconfig, { mode: 0o600 })
  const clusters = openClusters({
    kubeconfig: path,
    inCluster: false,
    allowExec: false,
    homeDir: '',
  })
  stack.defer(() => clusters.close())
  return clusters.default
}

/** Yields the definitions of a cluster that is simulated over HTTP: `demo`, a folder of manifests, or the list of a recorded cluster. */
export async function* readDefinitions(
  { cluster, include }: { cluster: string; include: string[] },
  signal: AbortSignal,
): AsyncGenerator<Definition> {
  await using stack = new AsyncDisposableStack()
  const sim = stack.adopt(await startClusterSim({ cluster }), (running) => running.close())
  const source = await openBenchCluster(stack, sim.kubeconfig)
  const discovery = await source.discover(signal)
  const { selected } = await selectTypes(discovery.types, { include, exclude: [] })
  for await (const one of source.describe(selected, NO_CACHE, signal)) {
    if (one.outcome === 'described') yield one.definition
  }
}
