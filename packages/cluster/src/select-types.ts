import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { DEFAULT_EXCLUDES } from './select/default-excludes.ts'
import { matchPattern, nameTypes, spellings, type NamedType } from './select/match-pattern.ts'
import { nearNames } from './select/near-names.ts'

export interface Selection {
  /** In the order of the given types. */
  selected: ResourceType[]
  /** What the includes mean but an exclude takes out. Types that no include means are in neither list. */
  excluded: { resource: string; reason: string }[]
  /** Includes that mean no type, with names that may have been meant. */
  unmatched: { pattern: string; near: string[] }[]
}

const EXCLUDED = 'excluded by pattern'

/**
 * Chooses types by patterns: `plural.group`, `Kind`, `Kind.group`, plural, singular, short name,
 * `group/version/Kind`, a group, and all of them with `*`; case does not matter. No include means all. Bookkeeping
 * types are left out by default, unless an include names them.
 */
export function selectTypes(
  types: ResourceType[],
  { include, exclude }: { include: readonly string[]; exclude: readonly string[] },
): Selection {
  const named = nameTypes(types)
  const unmatched: Selection['unmatched'] = []
  const included = new Set<NamedType>(include.length === 0 ? named : [])
  const asked = new Set<NamedType>()
  for (const pattern of include) {
    const match = matchPattern(pattern, named)
    if (match.types.length === 0) unmatched.push({ pattern, near: near(pattern, named) })
    for (const type of match.types) {
      included.add(type)
      if (match.byName) asked.add(type)
    }
  }
  const excluded = new Set(exclude.flatMap((pattern) => matchPattern(pattern, named).types))
  const reasonFor = (one: NamedType): string | undefined => {
    if (excluded.has(one)) return EXCLUDED
    return asked.has(one) ? undefined : DEFAULT_EXCLUDES.get(resourceName(one.type))
  }
  const selection: Selection = { selected: [], excluded: [], unmatched }
  for (const one of named.filter((type) => included.has(type))) {
    const reason = reasonFor(one)
    if (reason === undefined) selection.selected.push(one.type)
    else selection.excluded.push({ resource: resourceName(one.type), reason })
  }
  return selection
}

function near(pattern: string, named: NamedType[]): string[] {
  return nearNames(
    pattern.replaceAll('*', ''),
    named.map(({ names }) => ({ resource: names.resource, spellings: spellings(names) })),
  )
}
