import type { ApiDeps } from '../deps.ts'
import { discover } from './find-types.ts'

type LookDeps = Pick<ApiDeps, 'clusters' | 'log'>

/**
 * Looks at the default cluster before anybody asks, so that the first scan finds a connection and what the cluster
 * offers, and has only to hear that it is unchanged. Nobody waits for it. Answers what ends it early.
 */
export function lookAhead(deps: LookDeps): () => void {
  const ended = new AbortController()
  void look(deps, ended.signal)
  return () => ended.abort()
}

/** That a cluster is away, or must not be used, is told to who asks for it. */
async function look({ clusters, log }: LookDeps, signal: AbortSignal): Promise<void> {
  try {
    const source = clusters.named()
    // Files have no connection, and reading them is the work itself.
    if (!source?.watch) return
    await discover(source, signal)
    // The second question of every scan: its answer is not kept, but what reads it is loaded then.
    await source.definedTypes?.(signal)
  } catch (error) {
    log.debug({ err: error }, 'the cluster could not be looked at ahead of the first scan')
  }
}
