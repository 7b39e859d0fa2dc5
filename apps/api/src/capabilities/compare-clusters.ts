import type { Capability } from '@capstan/shared/contract/capability'
import { toCapabilityView } from '@capstan/shared/contract/capability'
import type { ClusterComparison } from '@capstan/shared/contract/catalog/cluster-comparison'
import type { CompareQuery } from '@capstan/shared/contract/catalog/compare-query'
import { decodeCursor, encodeCursor } from '@capstan/shared/cursor'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type { ApiDeps } from '../deps.ts'
import { resolveClusterName } from '../clusters/open-cluster.ts'
import { readAllRows } from './read-all-rows.ts'

/** Fields of the answer. Others, such as the version or the scan, differ between clusters for other reasons. */
const COMPARED = ['capabilities', 'providers', 'complexity', 'description', 'useCase'] as const

interface Pair {
  resource: string
  cluster: Capability | undefined
  with: Capability | undefined
  kind: 'cluster' | 'with' | 'different' | 'same'
  fields: string[]
}

/** Compares the answers of two clusters, in time slices. A page reads all rows of both. AppError UNKNOWN_CLUSTER. */
export async function compareClusters(
  deps: Pick<ApiDeps, 'catalog' | 'clusters' | 'journal'>,
  { cluster, with: other, only, limit, cursor }: CompareQuery,
): Promise<ClusterComparison> {
  const after = cursor === undefined ? '' : decodeCursor(cursor)
  const pairs = await pairRows(
    await readAllRows(deps.catalog, await resolveClusterName(deps, cluster)),
    await readAllRows(deps.catalog, await resolveClusterName(deps, other)),
  )
  const counts = { cluster: 0, with: 0, different: 0, same: 0 }
  for (const { kind } of pairs) counts[kind] += 1
  const found = pairs.filter(
    ({ kind, resource }) =>
      resource > after && (only === undefined ? kind !== 'same' : kind === only),
  )
  const data = found.slice(0, limit).map((pair) => ({
    resource: pair.resource,
    cluster: pair.cluster ? toCapabilityView(pair.cluster) : null,
    with: pair.with ? toCapabilityView(pair.with) : null,
    fields: pair.fields,
  }))
  const last = found.length > limit ? data.at(-1) : undefined
  return { counts, data, page: { limit, nextCursor: last ? encodeCursor(last.resource) : null } }
}

type Rows = ReadonlyMap<string, Capability>

async function pairRows(rows: Rows, others: Rows): Promise<Pair[]> {
  const slice = startTimeSlice()
  const names = [...new Set([...rows.keys(), ...others.keys()])].toSorted()
  const pairs: Pair[] = []
  for (const resource of names) {
    await slice.nextIfOver()
    pairs.push(pair(resource, rows.get(resource), others.get(resource)))
  }
  return pairs
}

function pair(resource: string, row: Capability | undefined, other: Capability | undefined): Pair {
  const both = { resource, cluster: row, with: other }
  if (!row || !other) return { ...both, kind: row ? 'cluster' : 'with', fields: [] }
  const fields = COMPARED.filter((field) => !isEqual(row[field], other[field]))
  return { ...both, kind: fields.length > 0 ? 'different' : 'same', fields }
}

/** Lists of words have no order. */
function isEqual(a: string | string[], b: string | string[]): boolean {
  return JSON.stringify(sortWords(a)) === JSON.stringify(sortWords(b))
}

function sortWords(value: string | string[]): string | string[] {
  return typeof value === 'string' ? value : value.toSorted()
}
