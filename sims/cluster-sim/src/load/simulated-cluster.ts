import type { BuiltIn } from '../built-in.ts'
import type { CrdManifest } from '../crds/crd-manifest.ts'

/** A cluster as loaded from files. */
export interface SimulatedCluster {
  name: string
  builtIn: BuiltIn
  /** Read one by one from a folder, because all of them may take hundreds of MB. */
  crds: AsyncIterable<CrdManifest> | Iterable<CrdManifest>
}
