import { readAnswerSource } from '@capstan/shared/contract/answer-source'
import type { Capability } from '@capstan/shared/contract/capability'
import type { Facets } from './catalog.ts'

/** Counts the rows for each value of the fields that filters use. */
export function countFacets(rows: Capability[]): Facets {
  return {
    clusters: countValues(rows.map((row) => row.cluster)),
    groups: countValues(rows.map((row) => row.group)),
    providers: countValues(rows.flatMap((row) => row.providers)),
    complexity: countValues(rows.map((row) => row.complexity)),
    scope: countValues(rows.map((row) => row.scope)),
    sources: countValues(rows.map(readAnswerSource)),
    lowConfidence: rows.filter((row) => row.lowConfidence).length,
    suspicious: rows.filter((row) => row.suspicions.length > 0).length,
    stale: rows.filter((row) => row.stale).length,
  }
}

function countValues(values: string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return Object.fromEntries([...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)))
}
