import { readAnswerSource } from '@capstan/shared/contract/answer-source'
import type { Capability } from '@capstan/shared/contract/capability'
import type { CapabilityFilter } from './catalog.ts'

type RowCondition = (row: Capability) => boolean

/** A predicate for the rows that match every given field; undefined for an empty filter. Compiled once per search. */
export function compileFilter(filter: CapabilityFilter): RowCondition | undefined {
  const { provider, source, minConfidence, suspicious, ...exact } = filter
  const conditions: RowCondition[] = []
  for (const field of [
    'cluster',
    'group',
    'complexity',
    'scope',
    'stale',
    'lowConfidence',
  ] as const) {
    const wanted = exact[field]
    if (wanted !== undefined) conditions.push((row) => row[field] === wanted)
  }
  if (minConfidence !== undefined) conditions.push((row) => row.confidence >= minConfidence)
  if (suspicious !== undefined) {
    conditions.push((row) => row.suspicions.length > 0 === suspicious)
  }
  if (source !== undefined) conditions.push((row) => readAnswerSource(row) === source)
  if (provider !== undefined) {
    const wanted = provider.toLowerCase()
    conditions.push((row) => row.providers.some((one) => one.toLowerCase() === wanted))
  }
  return conditions.length === 0
    ? undefined
    : (row) => conditions.every((condition) => condition(row))
}
