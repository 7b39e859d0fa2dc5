import type { ResourceView } from '@capstan/shared/contract/catalog/resource-view'
import { chooseState, TYPE_STATES, type ScanFacts, type TypeState } from './type-state.ts'

export interface CoveredType {
  resource: string
  kind: string
  state: TypeState
  /** Why scans leave it out. */
  reason: string | undefined
}

export interface CoveredGroup {
  /** Empty for the core group. */
  group: string
  types: CoveredType[]
  counts: Record<TypeState, number>
}

/** Groups types by API group. Groups with the most types that need a scan come first. */
export function groupTypes(types: readonly ResourceView[], facts: ScanFacts): CoveredGroup[] {
  const groups = Map.groupBy(types, ({ group }) => group)
  return [...groups]
    .map(([group, members]) => toGroup(group, members, facts))
    .toSorted((a, b) => countOpen(b) - countOpen(a) || a.group.localeCompare(b.group))
}

function toGroup(group: string, members: ResourceView[], facts: ScanFacts): CoveredGroup {
  const types = members
    .map(({ resource, kind, capability }) => ({
      resource,
      kind,
      state: chooseState(resource, capability, facts),
      reason: facts.excluded.get(resource),
    }))
    .toSorted(
      (a, b) =>
        TYPE_STATES.indexOf(a.state) - TYPE_STATES.indexOf(b.state) ||
        a.resource.localeCompare(b.resource),
    )
  return { group, types, counts: countStates(types) }
}

export function countStates(types: readonly CoveredType[]): Record<TypeState, number> {
  const counts = { failed: 0, stale: 0, missing: 0, excluded: 0, fresh: 0 }
  for (const { state } of types) counts[state] += 1
  return counts
}

function countOpen({ counts }: CoveredGroup): number {
  return counts.failed + counts.stale + counts.missing
}
