import type { RowFreshness } from './catalog.ts'

/** Content keys of the fresh rows, by resource. */
export function collectFreshKeys(rows: RowFreshness[]): Map<string, string> {
  const fresh = rows.filter(({ stale }) => !stale)
  return new Map(fresh.map(({ resource, contentKey }) => [resource, contentKey]))
}
