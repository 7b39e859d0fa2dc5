import type { ClusterSource } from '@capstan/cluster/cluster-source'
import { AppError } from '@capstan/shared/errors'
import { findSimilarWords } from '@capstan/shared/text/find-similar-words'
import type { ApiDeps } from '../deps.ts'

/**
 * The cluster that a request names, or the configured one, to be read now. AppError UNKNOWN_CLUSTER for a name that is not
 * configured, CLUSTER_MISCONFIGURED for one that cannot be used.
 */
export function openCluster(
  { clusters }: Pick<ApiDeps, 'clusters'>,
  name: string | undefined,
): ClusterSource {
  const source = clusters.named(name)
  if (source) return source
  throw unknownCluster(clusters.names, name ?? 'default')
}

/**
 * The own name of a cluster whose rows or scans are read; without a name, and by `default`, the configured one. A cluster that is no longer
 * configured is known while it has rows or scans. AppError as openCluster.
 */
export async function readClusterName(
  deps: Pick<ApiDeps, 'clusters' | 'catalog' | 'journal'>,
  name: string | undefined,
): Promise<string> {
  if (name === undefined || name === 'default') return openCluster(deps, name).name
  if (deps.clusters.names.includes(name) || (await isStored(deps, name))) return name
  return openCluster(deps, name).name
}

async function isStored(
  { catalog, journal }: Pick<ApiDeps, 'catalog' | 'journal'>,
  cluster: string,
): Promise<boolean> {
  if ((await catalog.count({ cluster })) > 0) return true
  const { data } = await journal.scans({ cluster, limit: 1 })
  return data.length > 0
}

const MOST_NAMES = 20
const WHAT = 'The server has no cluster of that name'

/** The same for every route, so that a client needs one rule. */
function unknownCluster(names: readonly string[], name: string): AppError {
  const near = findSimilarWords(name, names)
  const start = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : ''
  const listed = names.slice(0, MOST_NAMES).join(', ')
  if (names.length === 0) {
    return new AppError('UNKNOWN_CLUSTER', WHAT, {
      hint: 'Set KUBECONFIG of the API: no cluster is configured.',
    })
  }
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
  return new AppError('UNKNOWN_CLUSTER', WHAT, {
    hint: `${start}Leave \`cluster\` out, or use one of: ${listed}${more}.`,
  })
}
