import type { Capability } from '@capstan/shared/contract/capability'
import type { CapabilityFilter } from './catalog.ts'

/** Whether a row passes every given condition. */
export function matchesFilter(row: Capability, filter: CapabilityFilter): boolean {
  const wanted = filter.provider?.toLowerCase()
  const exact = (
    ['cluster', 'group', 'complexity', 'scope', 'stale', 'lowConfidence'] as const
  ).every((field) => filter[field] === undefined || row[field] === filter[field])
  return (
    exact &&
    (filter.minConfidence === undefined || row.confidence >= filter.minConfidence) &&
    (wanted === undefined || row.providers.some((provider) => provider.toLowerCase() === wanted))
  )
}
