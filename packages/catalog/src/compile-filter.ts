import type { Capability } from '@capstan/shared/contract/capability'
import type { CapabilityFilter } from './catalog.ts'

type Condition = (row: Capability) => boolean

/** Whether a row passes every given condition; undefined when there is none. Made once for a search of many rows. */
export function compileFilter(filter: CapabilityFilter): Condition | undefined {
  const { provider, minConfidence, suspicious, ...exact } = filter
  const conditions: Condition[] = []
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
  if (provider !== undefined) {
    const wanted = provider.toLowerCase()
    conditions.push((row) => row.providers.some((one) => one.toLowerCase() === wanted))
  }
  return conditions.length === 0
    ? undefined
    : (row) => conditions.every((condition) => condition(row))
}
