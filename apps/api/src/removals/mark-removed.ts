import type { Catalog, Standing } from '@capstan/catalog/catalog'
import { removedTypes, type Offered } from './removed-types.ts'

export interface Marked {
  known: number
  marked: number
  /** Nothing was marked: more than a fifth of what is known would have been. */
  needsForce: boolean
}

/** Capabilities of types that the cluster no longer offers are kept, but no longer called fresh. */
export async function markRemoved(
  { catalog }: { catalog: Catalog },
  standings: Standing[],
  offered: Offered,
): Promise<Marked> {
  const { known, removed, needsForce } = removedTypes(standings, offered)
  const fresh = removed.flatMap(({ resource, stale }) => (stale ? [] : [resource]))
  if (needsForce) return { known, marked: 0, needsForce }
  if (fresh.length > 0) await catalog.markStale(offered.cluster, fresh, true)
  return { known, marked: fresh.length, needsForce }
}
