import type { CapabilityFilter } from '@capstan/catalog/catalog'
import type { CapabilityQuery } from '@capstan/shared/contract/catalog/capability-query'
import { omitUndefined } from '@capstan/shared/json/omit-undefined'
import type { ApiDeps } from '../deps.ts'
import { resolveClusterName } from '../clusters/open-cluster.ts'

/** Creates the catalog filter of a query and resolves the cluster name. AppError UNKNOWN_CLUSTER. */
export async function resolveFilter(
  deps: Pick<ApiDeps, 'clusters' | 'catalog' | 'journal'>,
  query: CapabilityQuery,
): Promise<CapabilityFilter> {
  const cluster =
    query.cluster === undefined ? undefined : await resolveClusterName(deps, query.cluster)
  return omitUndefined({ ...query, cluster })
}
