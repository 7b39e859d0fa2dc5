import type { RowFreshness } from '@capstan/catalog/catalog'
import type { ClusterSource, Discovery } from '@capstan/cluster/cluster-source'
import { removedTypes, type Offered, type Removed } from './compare-with-discovery.ts'
import { droppedGroups, noRightToKnow } from './dropped-groups.ts'

/** What is known of a cluster, and what it says now. */
export interface Look {
  source: ClusterSource
  discovery: Pick<Discovery, 'types' | 'unscannable' | 'unavailable'>
  standings: RowFreshness[]
}

export interface FoundRemoved extends Removed {
  /** Groups of which nothing is known now: those of the discovery, and those it left out although they are registered. */
  unavailable: Discovery['unavailable']
  /** What could not be made sure of. */
  warnings: string[]
}

/**
 * Known types that have gone. Discovery alone does not tell: for seconds after its start a server names none of the
 * groups that CRDs define, and some servers leave out a group of another server while that is down. So while its CRD
 * exists, or its group is registered and not served, a type has not gone. `which`: what the caller is after, as CRDs
 * and API services are listed only when something of it seems to have gone.
 */
export async function findRemoved(
  { source, discovery, standings }: Look,
  which: 'fresh' | 'all',
  signal: AbortSignal,
): Promise<FoundRemoved> {
  const { unavailable } = discovery
  const removed = (offered: Offered) => ({ ...removedTypes(standings, offered), unavailable })
  const asked = (of: Removed): string[] =>
    which === 'fresh' ? of.fresh : of.removed.map(({ resource }) => resource)
  const missing = removed(discovery)
  if (asked(missing).length === 0) return { ...missing, warnings: [] }
  const defined = await source.definedTypes?.(signal)
  const undefinedTypes = removed({ ...discovery, defined })
  const left = asked(undefinedTypes)
  if (left.length === 0 || !source.registeredGroups) return { ...undefinedTypes, warnings: [] }
  const registered = await source.registeredGroups(signal)
  if (!registered)
    return { ...undefinedTypes, warnings: noRightToKnow(left, { ...discovery, defined }) }
  const known = [...unavailable, ...droppedGroups(registered, discovery)]
  return {
    ...removedTypes(standings, { ...discovery, defined, unavailable: known }),
    unavailable: known,
    warnings: [],
  }
}
