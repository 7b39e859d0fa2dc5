import type { ApiDeps } from '../deps.ts'
import { discoverTypes } from './find-types.ts'

type WarmUpDeps = Pick<ApiDeps, 'clusters' | 'log'>

/**
 * Discovers the default cluster in the background, so that the first scan finds an open connection and a cached
 * discovery. Returns a function that aborts the warm-up.
 */
export function warmUpCluster(deps: WarmUpDeps): () => void {
  const ended = new AbortController()
  void discoverDefaultCluster(deps, ended.signal)
  return () => ended.abort()
}

/** Errors are logged only: a request that needs the cluster reports them. */
async function discoverDefaultCluster(
  { clusters, log }: WarmUpDeps,
  signal: AbortSignal,
): Promise<void> {
  try {
    const source = clusters.find()
    // Manifest folders have no connection, and reading them is the work itself.
    if (!source?.watch) return
    await discoverTypes(source, signal)
    // Every scan lists the CRDs next. The answer is not cached, but this loads the code that parses it.
    await source.definedTypes?.(signal)
  } catch (error) {
    log.debug({ err: error }, 'the warm-up of the cluster failed')
  }
}
