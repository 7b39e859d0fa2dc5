import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { findNearNames } from './select/find-near-names.ts'
import { indexTypes, type NamedType } from './select/type-index.ts'

/** What a spelling means. */
export type NameResolution =
  | { outcome: 'found'; resource: string; type: ResourceType }
  /** Several types share the spelling; `plural.group` tells them apart. */
  | { outcome: 'ambiguous'; candidates: string[] }
  | { outcome: 'unknown'; near: string[] }

/**
 * The one type that a spelling means, by what the cluster offers and never by guessing plurals: `plural.group`, then
 * spellings with a group, then bare kinds and plurals, then short names. Among bare names the core group wins, as
 * with kubectl: `Service` is the core one whoever else has a Service.
 */
export async function resolveName(
  types: readonly ResourceType[],
  name: string,
): Promise<NameResolution> {
  const wanted = name.trim().toLowerCase()
  const index = indexTypes(types)
  const named = index.bySpelling.get(wanted) ?? []
  const short = index.byShortName.get(wanted) ?? []
  const tiers: NamedType[][] = [
    named.filter(({ names }) => names.resource === wanted),
    named.filter(({ names }) => names.full.includes(wanted)),
    named.filter(isOfCore),
    named,
    short.filter(isOfCore),
    short,
  ]
  const [first, ...others] = tiers.find(({ length }) => length > 0) ?? []
  if (!first) {
    const work = { comparisons: 0, characters: 0 }
    return { outcome: 'unknown', near: await findNearNames(wanted, index, work) }
  }
  if (others.length > 0) return { outcome: 'ambiguous', candidates: [first, ...others].map(nameOf) }
  return { outcome: 'found', resource: nameOf(first), type: first.type }
}

function isOfCore({ type }: NamedType): boolean {
  return type.group === ''
}

function nameOf({ type }: NamedType): string {
  return resourceName(type)
}
