import type { RowFreshness } from '@capstan/catalog/catalog'
import type { Discovery } from '@capstan/cluster/cluster-source'
import { resourceName } from '@capstan/shared/contract/resource-type'

export interface RemovedTypes {
  /** Number of known types of the cluster. */
  known: number
  removed: { resource: string; stale: boolean }[]
  /** Names of the removed types that are not stale yet. */
  fresh: string[]
  /** Whether the newly removed types exceed the safety threshold, which indicates a fault. */
  needsForce: boolean
  /** Whether all removed types, stale ones included, exceed the safety threshold. */
  isTooMany: boolean
}

export interface OfferedTypes extends Pick<Discovery, 'types' | 'unavailable'> {
  /** Types with an existing CRD, whether discovery lists them or not. */
  defined?: ReadonlySet<string> | undefined
}

/** Share of the known types above which a removal needs `force`. */
const MAX_SHARE = 0.2
/** Below this count the safety threshold does not apply: in a small catalog one type is a large share. */
const ALWAYS_ALLOWED = 3

/** Finds known types that the cluster no longer has. Types of groups that did not answer are not compared. */
export function compareWithDiscovery(
  freshness: RowFreshness[],
  { types, unavailable, defined }: OfferedTypes,
): RemovedTypes {
  const names = new Set(types.map(resourceName))
  const exists = (resource: string): boolean =>
    names.has(resource) ||
    defined?.has(resource) === true ||
    isInUnavailableGroup(resource, unavailable)
  const removed = freshness.flatMap(({ resource, stale }) =>
    exists(resource) ? [] : [{ resource, stale }],
  )
  const known = freshness.length
  const fresh = removed.flatMap(({ resource, stale }) => (stale ? [] : [resource]))
  return {
    known,
    removed,
    fresh,
    needsForce: exceedsThreshold(fresh.length, known),
    isTooMany: exceedsThreshold(removed.length, known),
  }
}

function exceedsThreshold(count: number, known: number): boolean {
  return count > ALWAYS_ALLOWED && count > MAX_SHARE * known
}

/** Returns whether the group of a type is unavailable. */
export function isInUnavailableGroup(
  resource: string,
  unavailable: Discovery['unavailable'],
): boolean {
  const group = parseGroup(resource)
  return unavailable.some((one) => (one.group.split('/')[0] ?? '') === group)
}

/** Returns the group of `plural.group`; empty for a core type. */
export function parseGroup(resource: string): string {
  const dot = resource.indexOf('.')
  return dot === -1 ? '' : resource.slice(dot + 1)
}
