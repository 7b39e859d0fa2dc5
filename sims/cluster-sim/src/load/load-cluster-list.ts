import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { CrdManifest } from '../crds/crd-manifest.ts'
import { loadRecordedBuiltIn } from './load-recorded-built-in.ts'
import { readManifestFile } from './read-manifests.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

const ClusterList = z.object({ name: z.string(), vanilla: z.string(), crds: z.array(z.string()) })

/** Loads a cluster list. Paths in it are relative to its folder. */
export async function loadClusterList(file: string): Promise<SimulatedCluster> {
  const list = ClusterList.parse(JSON.parse(await readFile(file, 'utf8')))
  const folder = dirname(file)
  return {
    name: list.name,
    builtIn: await loadRecordedBuiltIn(join(folder, list.vanilla)),
    crds: readAll(list.crds.map((path) => join(folder, path))),
  }
}

async function* readAll(files: string[]): AsyncGenerator<CrdManifest> {
  for (const file of files) yield* readManifestFile(file)
}
