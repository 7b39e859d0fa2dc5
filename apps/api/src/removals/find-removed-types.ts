import type { RowFreshness } from '@capstan/catalog/catalog'
import type { ClusterSource, Discovery } from '@capstan/cluster/cluster-source'
import {
  compareWithDiscovery,
  type OfferedTypes,
  type RemovedTypes,
} from './compare-with-discovery.ts'
import { findDroppedGroups, describeUncheckedGroups } from './dropped-groups.ts'

/** Known types of a cluster and its current discovery. */
export interface RemovalCheck {
  source: ClusterSource
  discovery: Pick<Discovery, 'types' | 'unscannable' | 'unavailable'>
  freshness: RowFreshness[]
}

export interface RemovedTypesReport extends RemovedTypes {
  /** Unavailable groups: those of the discovery, and registered groups that it omitted. */
  unavailable: Discovery['unavailable']
  /** Checks that could not be made. */
  warnings: string[]
}

/**
 * Finds known types that were removed from the cluster. Discovery alone is not evidence: a starting server lists no CRD
 * groups for seconds, and some servers omit groups of an unavailable server. A type with an existing CRD, or in a
 * registered but unserved group, is not removed. CRDs and API services are listed only if a type of interest (`which`)
 * is missing.
 */
export async function findRemovedTypes(
  { source, discovery, freshness }: RemovalCheck,
  which: 'fresh' | 'all',
  signal: AbortSignal,
): Promise<RemovedTypesReport> {
  const { unavailable } = discovery
  const removed = (offered: OfferedTypes) => ({
    ...compareWithDiscovery(freshness, offered),
    unavailable,
  })
  const selectNames = (result: RemovedTypes): string[] =>
    which === 'fresh' ? result.fresh : result.removed.map(({ resource }) => resource)
  const missing = removed(discovery)
  if (selectNames(missing).length === 0) return { ...missing, warnings: [] }
  const defined = await source.definedTypes?.(signal)
  const undefinedTypes = removed({ ...discovery, defined })
  const left = selectNames(undefinedTypes)
  if (left.length === 0 || !source.registeredGroups) return { ...undefinedTypes, warnings: [] }
  const registered = await source.registeredGroups(signal)
  if (!registered)
    return { ...undefinedTypes, warnings: describeUncheckedGroups(left, { ...discovery, defined }) }
  const known = [...unavailable, ...findDroppedGroups(registered, discovery)]
  return {
    ...compareWithDiscovery(freshness, { ...discovery, defined, unavailable: known }),
    unavailable: known,
    warnings: [],
  }
}
