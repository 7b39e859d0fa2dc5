import type { ClusterSource } from './cluster-source.ts'
import { loadLibrary } from './kube/open-kube-auth.ts'

/** Loads what reading a cluster takes. The thread first: it loads beside the library. */
export async function warmUpSource(source: ClusterSource): Promise<void> {
  source.warmUp?.()
  await loadLibrary()
}
