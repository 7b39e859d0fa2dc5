import type { ClusterSource } from '@capstan/cluster/cluster-source'
import { AppError } from '@capstan/shared/errors'
import type { ApiDeps } from '../deps.ts'
import { discoverTypes } from '../clusters/find-types.ts'
import { findRemovedTypes } from './find-removed-types.ts'

/**
 * Deletes the rows of types that the cluster no longer has. Returns the number of deleted rows. AppError WRONG_STATE
 * without `force` when they exceed a fifth of the known types.
 */
export async function deleteRemovedTypes(
  { catalog }: Pick<ApiDeps, 'catalog'>,
  source: ClusterSource,
  force: boolean,
  signal: AbortSignal,
): Promise<number> {
  const discovery = await discoverTypes(source, signal)
  const check = { source, discovery, freshness: await catalog.freshness(source.name) }
  const { known, removed, isTooMany } = await findRemovedTypes(check, 'all', signal)
  if (isTooMany && !force) throw tooManyError(source.name, removed.length, known)
  let deleted = 0
  for (const { resource } of removed) {
    if (await catalog.remove(source.name, resource)) deleted += 1
  }
  return deleted
}

function tooManyError(cluster: string, count: number, known: number): AppError {
  const what = `${count} of the ${known} types known of cluster ${cluster} would be deleted`
  return new AppError('WRONG_STATE', `${what}, more than a fifth`, {
    hint: 'Check the list with `capstan prune`, or GET /api/v1/capabilities/removed. To delete them, use --force, or force=true.',
  })
}
