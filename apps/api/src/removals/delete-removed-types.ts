import type { ClusterSource } from '@capstan/cluster/cluster-source'
import { AppError } from '@capstan/shared/errors'
import type { ApiDeps } from '../deps.ts'
import { discover } from '../clusters/find-types.ts'
import { findRemoved } from './find-removed-types.ts'

/**
 * Deletes the rows of types that the cluster no longer offers; answers how many. AppError WRONG_STATE when that is
 * more than a fifth of what is known, unless it is forced.
 */
export async function deleteRemoved(
  { catalog }: Pick<ApiDeps, 'catalog'>,
  source: ClusterSource,
  force: boolean,
  signal: AbortSignal,
): Promise<number> {
  const discovery = await discover(source, signal)
  const look = { source, discovery, standings: await catalog.freshness(source.name) }
  const { known, removed, isTooMany } = await findRemoved(look, 'all', signal)
  if (isTooMany && !force) throw tooMany(source.name, removed.length, known)
  let deleted = 0
  for (const { resource } of removed) {
    if (await catalog.remove(source.name, resource)) deleted += 1
  }
  return deleted
}

function tooMany(cluster: string, count: number, known: number): AppError {
  const what = `${count} of the ${known} types known of cluster ${cluster} would be deleted`
  return new AppError('WRONG_STATE', `${what}, more than a fifth`, {
    hint: 'Look at `capstan prune`, or GET /api/v1/capabilities/removed; if that is right, repeat it with --force, or force=true.',
  })
}
