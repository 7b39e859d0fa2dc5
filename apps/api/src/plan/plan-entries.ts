import type { ScanOrder } from '@capstan/shared/contract/scan/scan-options'
import type { Plan, PlanEntry } from '@capstan/scan-store/journal/types'

/** Counts the types of a plan with this action. */
export function countEntries(
  { entries }: Pick<Plan, 'entries'>,
  planAction: PlanEntry['action'],
): number {
  return entries.filter(({ action }) => action === planAction).length
}

/**
 * Sorts the entries, which are ordered by name, into the start order of their jobs. Smallest first shows results early.
 * Largest first leaves no long call for the end (longest processing time first: Graham 1969).
 */
export function sortEntries(entries: PlanEntry[], order: ScanOrder): PlanEntry[] {
  if (order === 'name') return entries
  const sign = order === 'smallest-first' ? 1 : -1
  return entries.toSorted((a, b) => sign * (a.estimatedTokens - b.estimatedTokens))
}
