import type { Catalog } from '@capstan/catalog/catalog'
import {
  findRemovedTypes,
  type RemovedTypesReport,
  type RemovalCheck,
} from './find-removed-types.ts'

export interface MarkResult extends Pick<RemovedTypesReport, 'unavailable' | 'warnings'> {
  known: number
  marked: number
  /** Whether nothing was marked because more than a fifth of the known types are missing. */
  needsForce: boolean
}

/** Marks capabilities of removed types as stale. They are kept. */
export async function markRemovedTypes(
  { catalog }: { catalog: Catalog },
  check: RemovalCheck,
  signal: AbortSignal,
): Promise<MarkResult> {
  const { known, fresh, needsForce, ...rest } = await findRemovedTypes(check, 'fresh', signal)
  if (needsForce) return { known, marked: 0, needsForce, ...rest }
  if (fresh.length > 0) await catalog.markStale(check.source.name, fresh, true)
  return { known, marked: fresh.length, needsForce, ...rest }
}
