import type { ApiDeps } from '../deps.ts'
import { openCluster } from '../scans/open-cluster.ts'

const USUAL = 'capabilities'

/** The cluster a collection stands for: the usual one for `default`, any other for the cluster of its name. */
export function clusterOf(collection: string | undefined): string {
  return collection === undefined || collection === '' || collection === USUAL
    ? 'default'
    : collection
}

/** The name under which the catalog knows it. Of an unknown cluster there simply is nothing to be found. */
export function catalogCluster(
  deps: Pick<ApiDeps, 'clusters'>,
  collection: string | undefined,
): string {
  const cluster = clusterOf(collection)
  return cluster === 'default' ? openCluster(deps, cluster).name : cluster
}
