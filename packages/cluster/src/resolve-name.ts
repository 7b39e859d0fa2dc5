import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { findNearNames } from './select/find-near-names.ts'
import { indexTypes, type NamedType } from './select/type-index.ts'

/** The type that a spelling names. */
export type NameResolution =
  | { outcome: 'found'; resource: string; type: ResourceType }
  /** Several types share the spelling; `plural.group` distinguishes them. */
  | { outcome: 'ambiguous'; candidates: string[] }
  | { outcome: 'unknown'; near: string[] }

/**
 * Resolves a spelling to a type of the cluster, without guessing plurals: `plural.group`, then spellings with a group, then
 * kinds and plurals without a group, then short names. Without a group the core group wins, as with kubectl: `Service` is
 * the core type even if another group has a Service.
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
    named.filter(isCoreType),
    named,
    short.filter(isCoreType),
    short,
  ]
  const [first, ...others] = tiers.find(({ length }) => length > 0) ?? []
  if (!first) {
    const work = { comparisons: 0, characters: 0 }
    return { outcome: 'unknown', near: await findNearNames(wanted, index, work) }
  }
  if (others.length > 0)
    return { outcome: 'ambiguous', candidates: [first, ...others].map(formatName) }
  return { outcome: 'found', resource: formatName(first), type: first.type }
}

function isCoreType({ type }: NamedType): boolean {
  return type.group === ''
}

function formatName({ type }: NamedType): string {
  return resourceName(type)
}
