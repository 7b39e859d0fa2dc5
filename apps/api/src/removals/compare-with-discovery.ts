import type { RowFreshness } from '@capstan/catalog/catalog'
import type { Discovery } from '@capstan/cluster/cluster-source'
import { resourceName } from '@capstan/shared/contract/resource-type'

export interface Removed {
  /** Everything that is known of the cluster. */
  known: number
  removed: { resource: string; stale: boolean }[]
  /** Names of those that are not called stale yet. */
  fresh: string[]
  /** So many lost their freshness at once, it is more likely a fault than a wish. */
  needsForce: boolean
  /** The same of all that have gone, stale ones too. */
  isTooMany: boolean
}

export interface Offered extends Pick<Discovery, 'types' | 'unavailable'> {
  /** Custom types that are defined, whether discovery names them or not. */
  defined?: ReadonlySet<string> | undefined
}

/** The share of what is known that may go at once without being forced. */
const MOST_SHARE = 0.2
/** So few may always go: in a small catalog one type is a large share. */
const ALWAYS = 3

/** Of what is known, what the cluster no longer offers. Types of a group that did not answer are unknown, not gone. */
export function removedTypes(
  standings: RowFreshness[],
  { types, unavailable, defined }: Offered,
): Removed {
  const names = new Set(types.map(resourceName))
  const isThere = (resource: string): boolean =>
    names.has(resource) || defined?.has(resource) === true || isOfSilentGroup(resource, unavailable)
  const removed = standings.flatMap(({ resource, stale }) =>
    isThere(resource) ? [] : [{ resource, stale }],
  )
  const known = standings.length
  const fresh = removed.flatMap(({ resource, stale }) => (stale ? [] : [resource]))
  return {
    known,
    removed,
    fresh,
    needsForce: isTooMuch(fresh.length, known),
    isTooMany: isTooMuch(removed.length, known),
  }
}

function isTooMuch(count: number, known: number): boolean {
  return count > ALWAYS && count > MOST_SHARE * known
}

/** Whether a type belongs to a group of which nothing is known now. */
export function isOfSilentGroup(resource: string, unavailable: Discovery['unavailable']): boolean {
  const group = groupOf(resource)
  return unavailable.some((one) => (one.group.split('/')[0] ?? '') === group)
}

/** Group of a `plural.group`; empty for a core type. */
export function groupOf(resource: string): string {
  const dot = resource.indexOf('.')
  return dot === -1 ? '' : resource.slice(dot + 1)
}
