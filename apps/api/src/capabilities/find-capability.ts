import type { Capability } from '@capstan/shared/contract/capability'
import { AppError } from '@capstan/shared/errors'
import type { ApiDeps } from '../deps.ts'
import { readClusterName } from '../clusters/open-cluster.ts'
import { resolveResource } from '../clusters/resolve-resource.ts'

export type FindDeps = Pick<ApiDeps, 'catalog' | 'clusters' | 'journal'>

/** The capability of a type, by any common spelling of its name. AppError NOT_FOUND, UNKNOWN_CLUSTER. */
export async function findCapability(
  deps: FindDeps,
  cluster: string | undefined,
  spelling: string,
  signal: AbortSignal,
): Promise<Capability> {
  const name = await readClusterName(deps, cluster)
  const exact = await deps.catalog.get(name, spelling)
  if (exact) return exact
  const resource = await resolveSpelling(deps, name, spelling, signal)
  const found = resource === undefined ? undefined : await deps.catalog.get(name, resource)
  if (found) return found
  throw unknownCapability(name)
}

/**
 * Other spellings are resolved by what the cluster offers, never by guessing plurals. Undefined while the cluster cannot
 * be read; AppError NOT_FOUND, with near names, when it offers no such type.
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

export async function removeCapability(
  deps: FindDeps,
  cluster: string | undefined,
  spelling: string,
  signal: AbortSignal,
): Promise<void> {
  const { cluster: name, resource } = await findCapability(deps, cluster, spelling, signal)
  if (!(await deps.catalog.remove(name, resource))) throw unknownCapability(name)
}

export function unknownCapability(cluster: string): AppError {
  return new AppError('NOT_FOUND', `Nothing is known of this type in cluster ${cluster}`, {
    hint: 'Types are named plural.group. Search by /api/v1/capabilities/search, or start a scan that includes it.',
  })
}
