import type { ClusterSource } from '@capstan/cluster/cluster-source'
import { resolveName } from '@capstan/cluster/resolve-name'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { AppError } from '@capstan/shared/errors'
import type { ApiDeps } from '../deps.ts'
import { discover } from './find-types.ts'
import { openCluster } from './open-cluster.ts'

/** How the cluster is asked; `maxAgeMs` is how old its answer may be, by default 0. */
export interface Look {
  signal: AbortSignal
  maxAgeMs?: number
}

/** The type that a spelling (plural.group, Kind, Kind.group, short name) means. AppError NOT_FOUND. */
export async function resolveType(
  source: ClusterSource,
  spelling: string,
  { signal, maxAgeMs }: Look,
): Promise<ResourceType> {
  const { types } = await discover(source, signal, maxAgeMs)
  const resolved = await resolveName(types, spelling)
  if (resolved.outcome === 'found') return resolved.type
  const names = resolved.outcome === 'ambiguous' ? resolved.candidates : resolved.near
  const what = resolved.outcome === 'ambiguous' ? 'several types of that name' : 'no such type'
  throw new AppError('NOT_FOUND', `Cluster ${source.name} offers ${what}`, {
    hint:
      names.length > 0
        ? `Did you mean ${names.slice(0, 5).join(', ')}?`
        : '`capstan get resources PART`, or GET /api/v1/resources?q=PART, finds types by a part of their name.',
  })
}

/** As resolveType, in a cluster given by name; answers plural.group. */
export async function resolveResource(
  deps: Pick<ApiDeps, 'clusters'>,
  cluster: string,
  spelling: string,
  look: Look,
): Promise<string> {
  return resourceName(await resolveType(openCluster(deps, cluster), spelling, look))
}
