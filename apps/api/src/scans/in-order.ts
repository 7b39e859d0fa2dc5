import type { ScanOrder } from '@capstan/shared/contract/scan/scan-options'
import type { PlanEntry } from '@capstan/scan-store/journal/types'

/**
 * The entries, which come by name, as their jobs are to be started. Smallest first shows results early; largest first
 * leaves no long call for the end, when slots run empty (longest processing time first: Graham 1969).
 */
export function inOrder(entries: PlanEntry[], order: ScanOrder): PlanEntry[] {
  if (order === 'name') return entries
  const sign = order === 'smallest-first' ? 1 : -1
  return entries.toSorted((a, b) => sign * (a.estimatedTokens - b.estimatedTokens))
}
