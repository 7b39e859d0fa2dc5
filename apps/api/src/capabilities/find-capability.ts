import type { Capability } from '@capstan/shared/contract/capability'
import { AppError } from '@capstan/shared/errors'
import type { ApiDeps } from '../deps.ts'
import { resolveClusterName } from '../clusters/open-cluster.ts'
import { resolveResource } from '../clusters/resolve-resource.ts'

export type FindDeps = Pick<ApiDeps, 'catalog' | 'clusters' | 'journal'>

/** Finds the capability of a type by any common name. AppError NOT_FOUND, UNKNOWN_CLUSTER. */
export async function findCapability(
  deps: FindDeps,
  cluster: string | undefined,
  spelling: string,
  signal: AbortSignal,
): Promise<Capability> {
  const name = await resolveClusterName(deps, cluster)
  const exact = await deps.catalog.get(name, spelling)
  if (exact) return exact
  const resource = await resolveSpelling(deps, name, spelling, signal)
  const found = resource === undefined ? undefined : await deps.catalog.get(name, resource)
  if (found) return found
  throw unknownCapabilityError(name)
}

/**
 * Resolves other names with the discovery of the cluster, never by guessing plurals. Undefined while the cluster is
 * unreachable. AppError NOT_FOUND with near names when the cluster has no such type.
 */
async function resolveSpelling(
  deps: FindDeps,
  cluster: string,
  spelling: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await resolveResource(deps, cluster, spelling, { signal })
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') throw error
    return undefined
  }
}

/** Removes the row of a type. Returns its names. AppError NOT_FOUND without a row. */
export async function removeCapability(
  deps: FindDeps,
  cluster: string | undefined,
  spelling: string,
  signal: AbortSignal,
): Promise<{ cluster: string; resource: string }> {
  const { cluster: name, resource } = await findCapability(deps, cluster, spelling, signal)
  if (!(await deps.catalog.remove(name, resource))) throw unknownCapabilityError(name)
  return { cluster: name, resource }
}

export function unknownCapabilityError(cluster: string): AppError {
  return new AppError('NOT_FOUND', `Cluster ${cluster} has no capability of this type`, {
    hint: 'Use plural.group as the name, search with /api/v1/capabilities/search, or start a scan that includes the type.',
  })
}
