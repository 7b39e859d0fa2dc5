import type { ClusterSource } from '@capstan/cluster/cluster-source'
import { AppError } from '@capstan/shared/errors'
import { findSimilarWords } from '@capstan/shared/text/find-similar-words'
import type { ApiDeps } from '../deps.ts'

/**
 * Returns the named cluster, or the configured default. AppError UNKNOWN_CLUSTER for an unknown name,
 * CLUSTER_MISCONFIGURED for an unusable cluster.
 */
export function openCluster(
  { clusters }: Pick<ApiDeps, 'clusters'>,
  name: string | undefined,
): ClusterSource {
  const source = clusters.find(name)
  if (source) return source
  throw unknownClusterError(clusters.names, name ?? 'default')
}

/**
 * Resolves the name of a cluster whose rows or scans are read. Without a name, or with `default`, it is the configured
 * cluster. A cluster that is no longer configured is known while it has rows or scans. Throws as openCluster.
 */
export async function resolveClusterName(
  deps: Pick<ApiDeps, 'clusters' | 'catalog' | 'journal'>,
  name: string | undefined,
): Promise<string> {
  if (name === undefined || name === 'default') return openCluster(deps, name).name
  if (deps.clusters.names.includes(name) || (await hasStoredData(deps, name))) return name
  return openCluster(deps, name).name
}

async function hasStoredData(
  { catalog, journal }: Pick<ApiDeps, 'catalog' | 'journal'>,
  cluster: string,
): Promise<boolean> {
  if ((await catalog.count({ cluster })) > 0) return true
  const { data } = await journal.scans({ cluster, limit: 1 })
  return data.length > 0
}

const MAX_NAMES = 20
const DETAIL = 'The server has no cluster with this name'

/** Every route reports unknown clusters in the same way, so that clients need one rule. */
function unknownClusterError(names: readonly string[], name: string): AppError {
  const near = findSimilarWords(name, names)
  const start = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : ''
  const listed = names.slice(0, MAX_NAMES).join(', ')
  if (names.length === 0) {
    return new AppError('UNKNOWN_CLUSTER', DETAIL, {
      hint: 'No cluster is configured. Set KUBECONFIG for the API.',
    })
  }
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : ''
  return new AppError('UNKNOWN_CLUSTER', DETAIL, {
    hint: `${start}Omit \`cluster\`, or use one of: ${listed}${more}.`,
  })
}
