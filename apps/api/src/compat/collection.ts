import type { ApiDeps } from '../deps.ts'
import { openCluster } from '../clusters/open-cluster.ts'

const USUAL = 'capabilities'

/** The cluster of a collection: undefined, the configured one, for the usual collection, else the cluster of its name. */
export function clusterOf(collection: string | undefined): string | undefined {
  return collection === '' || collection === USUAL ? undefined : collection
}

/** The name under which the catalog knows it. Of an unknown cluster there simply is nothing to be found. */
export function catalogCluster(
  deps: Pick<ApiDeps, 'clusters'>,
  collection: string | undefined,
): string {
  const cluster = clusterOf(collection)
  return cluster === undefined || cluster === 'default' ? openCluster(deps, cluster).name : cluster
}
