import type { ClusterSource } from './cluster-source.ts'
import { loadLibrary } from './kube/open-kube-auth.ts'

/** Loads what reading a cluster needs. Starts the thread first, because it loads in parallel with the library. */
export async function warmUpSource(source: ClusterSource): Promise<void> {
  source.warmUp?.()
  await loadLibrary()
}
