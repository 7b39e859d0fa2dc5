import type { Catalog } from '@capstan/catalog/catalog'
import { findRemoved, type FoundRemoved, type Look } from './find-removed-types.ts'

export interface Marked extends Pick<FoundRemoved, 'unavailable' | 'warnings'> {
  known: number
  marked: number
  /** Nothing was marked: more than a fifth of what is known would have been. */
  needsForce: boolean
}

/** Capabilities of types that the cluster no longer offers are kept, but no longer called fresh. */
export async function markRemoved(
  { catalog }: { catalog: Catalog },
  look: Look,
  signal: AbortSignal,
): Promise<Marked> {
  const { known, fresh, needsForce, ...rest } = await findRemoved(look, 'fresh', signal)
  if (needsForce) return { known, marked: 0, needsForce, ...rest }
  if (fresh.length > 0) await catalog.markStale(look.source.name, fresh, true)
  return { known, marked: fresh.length, needsForce, ...rest }
}
