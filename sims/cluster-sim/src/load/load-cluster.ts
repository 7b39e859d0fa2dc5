import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadBuiltInFolder } from './load-built-in-folder.ts'
import { loadClusterList } from './load-cluster-list.ts'
import { readManifests } from './read-manifests.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

const DEMO = fileURLToPath(new URL('../../clusters/demo/', import.meta.url))

/**
 * Loads `demo`, a cluster list (a .json file that names CRD files and a folder of recorded responses), or any
 * folder of manifests. A folder gets the built-in types of the demo cluster.
 */
export async function loadCluster(cluster: string): Promise<SimulatedCluster> {
  if (cluster !== 'demo' && (await stat(cluster)).isFile()) return loadClusterList(cluster)
  return {
    name: cluster === 'demo' ? 'demo' : basename(cluster),
    builtIn: await loadBuiltInFolder(`${DEMO}built-in`),
    crds: readManifests(cluster === 'demo' ? `${DEMO}crds` : cluster),
  }
}
