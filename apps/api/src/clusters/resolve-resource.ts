import type { ClusterSource } from '@capstan/cluster/cluster-source'
import { resolveName } from '@capstan/cluster/resolve-name'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { AppError } from '@capstan/shared/errors'
import type { ApiDeps } from '../deps.ts'
import { discoverTypes } from './find-types.ts'
import { openCluster } from './open-cluster.ts'

/** Options of the discovery. `maxAgeMs` is the maximum age of a cached discovery (default: 0). */
export interface ResolveOptions {
  signal: AbortSignal
  maxAgeMs?: number
}

/** Resolves a name (plural.group, Kind, Kind.group, short name) to a type. AppError NOT_FOUND. */
export async function resolveType(
  source: ClusterSource,
  spelling: string,
  { signal, maxAgeMs }: ResolveOptions,
): Promise<ResourceType> {
  const { types } = await discoverTypes(source, signal, maxAgeMs)
  const resolved = await resolveName(types, spelling)
  if (resolved.outcome === 'found') return resolved.type
  const names = resolved.outcome === 'ambiguous' ? resolved.candidates : resolved.near
  const what = resolved.outcome === 'ambiguous' ? 'several types with this name' : 'no such type'
  throw new AppError('NOT_FOUND', `Cluster ${source.name} has ${what}`, {
    hint:
      names.length > 0
        ? `Did you mean ${names.slice(0, 5).join(', ')}?`
        : '`capstan get resources PART`, or GET /api/v1/resources?q=PART, finds types by part of their name.',
  })
}

/** Like resolveType, for a cluster name. Returns plural.group. */
export async function resolveResource(
  deps: Pick<ApiDeps, 'clusters'>,
  cluster: string,
  spelling: string,
  options: ResolveOptions,
): Promise<string> {
  return resourceName(await resolveType(openCluster(deps, cluster), spelling, options))
}
