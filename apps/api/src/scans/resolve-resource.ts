import type { ClusterSource } from '@capstan/cluster/cluster-source'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { AppError } from '@capstan/shared/errors'
import type { ApiDeps } from '../deps.ts'
import { discover } from './find-types.ts'
import { resolveName } from './interim-select.ts'

/** The type that a spelling (plural.group, Kind, Kind.group, short name) means. AppError NOT_FOUND. */
export async function resolveType(
  source: ClusterSource,
  spelling: string,
  signal: AbortSignal,
): Promise<ResourceType> {
  const { types } = await discover(source, signal)
  const type = resolveName(types, spelling)
  if (type) return type
  throw new AppError('NOT_FOUND', `Cluster ${source.name} offers no such type`, {
    hint: 'GET /api/v1/resources?q=… finds types by a part of their name.',
  })
}

/** As resolveType, in a cluster given by name; answers plural.group. */
export async function resolveResource(
  deps: Pick<ApiDeps, 'clusters'>,
  cluster: string,
  spelling: string,
  signal: AbortSignal,
): Promise<string> {
  return resourceName(await resolveType(await deps.clusters.open(cluster), spelling, signal))
}
