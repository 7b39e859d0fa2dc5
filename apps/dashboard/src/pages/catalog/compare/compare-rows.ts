import type { CapabilityView } from '@capstan/shared/contract/capability'

/** A type that both clusters have with other answers. */
export interface ChangedAnswer {
  resource: string
  a: CapabilityView
  b: CapabilityView
  /** Names of the fields that differ. */
  fields: string[]
}

export interface RowComparison {
  onlyA: CapabilityView[]
  onlyB: CapabilityView[]
  changed: ChangedAnswer[]
  /** Number of types with equal answers in both. */
  same: number
}

/** Fields of the answer. Others, such as the version or the scan, differ between clusters for other reasons. */
const COMPARED = ['capabilities', 'providers', 'complexity', 'description', 'useCase'] as const

/** Compares the answers of two clusters. Each list is ordered by name. */
export function compareRows(a: CapabilityView[], b: CapabilityView[]): RowComparison {
  const inB = new Map(b.map((row) => [row.resource, row]))
  const namesOfA = new Set(a.map(({ resource }) => resource))
  const both = a.flatMap((row) => {
    const other = inB.get(row.resource)
    return other === undefined ? [] : [{ resource: row.resource, a: row, b: other }]
  })
  const changed = both
    .map((pair) => ({ ...pair, fields: findDifferent(pair.a, pair.b) }))
    .filter(({ fields }) => fields.length > 0)
  return {
    onlyA: a.filter(({ resource }) => !inB.has(resource)),
    onlyB: b.filter(({ resource }) => !namesOfA.has(resource)),
    changed,
    same: both.length - changed.length,
  }
}

function findDifferent(a: CapabilityView, b: CapabilityView): string[] {
  return COMPARED.filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]))
}
