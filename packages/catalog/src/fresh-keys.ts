import type { Standing } from './catalog.ts'

/** Content keys of the fresh ones, by resource. */
export function freshKeys(standings: Standing[]): Map<string, string> {
  const fresh = standings.filter(({ stale }) => !stale)
  return new Map(fresh.map(({ resource, contentKey }) => [resource, contentKey]))
}
