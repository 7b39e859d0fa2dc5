import type { Capability } from '@capstan/shared/contract/capability'
import { AppError } from '@capstan/shared/errors'
import type { ApiDeps } from '../deps.ts'
import { openCluster } from '../scans/open-cluster.ts'
import { resolveResource } from '../scans/resolve-resource.ts'

type FindDeps = Pick<ApiDeps, 'catalog' | 'clusters'>

/** The capability of a type, by any common spelling of its name. AppError NOT_FOUND. */
export async function findCapability(
  deps: FindDeps,
  cluster: string | undefined,
  spelling: string,
  signal: AbortSignal,
): Promise<Capability> {
  const name = clusterName(deps, cluster)
  const exact = await deps.catalog.get(name, spelling)
  if (exact) return exact
  // Other spellings are resolved by what the cluster says, never by guessing plurals.
  const resource = await resolveResource(deps, name, spelling, signal).catch(() => undefined)
  const found = resource === undefined ? undefined : await deps.catalog.get(name, resource)
  if (found) return found
  throw unknownCapability(name)
}

export async function removeCapability(
  deps: FindDeps,
  cluster: string | undefined,
  spelling: string,
  signal: AbortSignal,
): Promise<void> {
  const { cluster: name, resource } = await findCapability(deps, cluster, spelling, signal)
  if (!(await deps.catalog.remove(name, resource))) throw unknownCapability(name)
}

/** `default` may be a name for the configured cluster; the catalog knows clusters by their own. */
export function clusterName(deps: FindDeps, cluster: string | undefined): string {
  return cluster === undefined || cluster === 'default' ? openCluster(deps, cluster).name : cluster
}

export function unknownCapability(cluster: string): AppError {
  return new AppError('NOT_FOUND', `Nothing is known of this type in cluster ${cluster}`, {
    hint: 'Types are named plural.group. Search by /capabilities/search, or start a scan that includes it.',
  })
}
