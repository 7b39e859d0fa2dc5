import type { ApiDeps } from '../deps.ts'
import { openCluster } from '../clusters/open-cluster.ts'

const DEFAULT_COLLECTION = 'capabilities'

/**
 * Returns the cluster of a collection: undefined (the configured one) for the default collection, else the cluster of
 * that name.
 */
export function parseCollection(collection: string | undefined): string | undefined {
  return collection === '' || collection === DEFAULT_COLLECTION ? undefined : collection
}

/** Returns the cluster name in the catalog. An unknown cluster has no rows. */
export function resolveCollection(
  deps: Pick<ApiDeps, 'clusters'>,
  collection: string | undefined,
): string {
  const cluster = parseCollection(collection)
  return cluster === undefined || cluster === 'default' ? openCluster(deps, cluster).name : cluster
}
