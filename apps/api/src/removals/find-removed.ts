import type { Standing } from '@capstan/catalog/catalog'
import type { ClusterSource, Discovery } from '@capstan/cluster/cluster-source'
import { removedTypes, type Removed } from './removed-types.ts'

/** What is known of a cluster, and what it says now. */
export interface Look {
  source: ClusterSource
  discovery: Pick<Discovery, 'types' | 'unavailable'>
  standings: Standing[]
}

/**
 * Known types that have gone. For seconds after its start a server names none of the groups that CRDs define, and
 * calls that the whole truth; so while its CRD exists a type has not gone. `which`: what the caller is after, as the
 * CRDs are listed only when something of it seems to have gone.
 */
export async function findRemoved(
  { source, discovery, standings }: Look,
  which: 'fresh' | 'all',
  signal: AbortSignal,
): Promise<Removed> {
  const missing = removedTypes(standings, discovery)
  const asked = which === 'fresh' ? missing.fresh : missing.removed
  if (asked.length === 0) return missing
  const defined = await source.definedTypes?.(signal)
  return defined ? removedTypes(standings, { ...discovery, defined }) : missing
}
