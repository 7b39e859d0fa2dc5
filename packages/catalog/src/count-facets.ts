import type { Capability } from '@capstan/shared/contract/capability'
import type { Facets } from './catalog.ts'

/** How many rows carry each value of the fields people filter by. */
export function countFacets(rows: Capability[]): Facets {
  return {
    clusters: tally(rows.map((row) => row.cluster)),
    groups: tally(rows.map((row) => row.group)),
    providers: tally(rows.flatMap((row) => row.providers)),
    complexity: tally(rows.map((row) => row.complexity)),
    scope: tally(rows.map((row) => row.scope)),
    lowConfidence: rows.filter((row) => row.lowConfidence).length,
    suspicious: rows.filter((row) => row.suspicions.length > 0).length,
    stale: rows.filter((row) => row.stale).length,
  }
}

function tally(values: string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return Object.fromEntries([...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)))
}
