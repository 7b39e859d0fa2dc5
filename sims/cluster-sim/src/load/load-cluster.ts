import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadBuiltInFolder } from './load-built-in-folder.ts'
import { loadClusterList } from './load-cluster-list.ts'
import { readManifests } from './read-manifests.ts'
import type { BuiltIn } from '../built-in.ts'
import type { CrdManifest } from '../crds/crd-manifest.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

const DEMO = fileURLToPath(new URL('../../clusters/demo/', import.meta.url))

/** Nothing changes them after they are read: tests start hundreds of clusters in a process. */
const demo: { builtIn?: Promise<BuiltIn>; crds?: Promise<CrdManifest[]> } = {}

/**
 * Loads `demo`, a cluster list (a .json file that names CRD files and a folder of recorded responses), or any
 * folder of manifests. A folder gets the built-in types of the demo cluster.
 */
export async function loadCluster(cluster: string): Promise<SimulatedCluster> {
  if (cluster !== 'demo' && (await stat(cluster)).isFile()) return loadClusterList(cluster)
  const builtIn = await (demo.builtIn ??= loadBuiltInFolder(`${DEMO}built-in`))
  if (cluster !== 'demo') return { name: basename(cluster), builtIn, crds: readManifests(cluster) }
  const crds = await (demo.crds ??= readAll(`${DEMO}crds`))
  return { name: 'demo', builtIn, crds }
}

async function readAll(folder: string): Promise<CrdManifest[]> {
  const manifests: CrdManifest[] = []
  for await (const manifest of readManifests(folder)) manifests.push(manifest)
  return manifests
}
