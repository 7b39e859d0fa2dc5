import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import { DEFAULT_EXCLUDES } from './select/default-excludes.ts'
import { matchPattern, normalizePattern, type PatternMatch } from './select/match-pattern.ts'
import { findNearNames } from './select/find-near-names.ts'
import type { SelectionWork } from './select/selection-work.ts'
import { indexTypes, type NamedType, type TypeIndex } from './select/type-index.ts'

export interface Selection {
  /** In the order of the given types. */
  selected: ResourceType[]
  /** What the includes mean but an exclude takes out. Types that no include means are in neither list. */
  excluded: { resource: string; reason: string }[]
  /** Includes that mean no type. */
  unmatched: UnmatchedPattern[]
  /** Includes that name several types, such as a kind that two groups have: all of them are meant. */
  ambiguous: { pattern: string; resources: string[] }[]
  /** Excludes that mean no type of the list. */
  unmatchedExcludes: UnmatchedPattern[]
  work: SelectionWork
}

/** `near`: names that may have been meant; looked for in the first five unmatched patterns only. */
export interface UnmatchedPattern {
  pattern: string
  near: string[]
}

export interface TypePatterns {
  include: readonly string[]
  exclude: readonly string[]
}

const EXCLUDED = 'excluded by pattern'
const MOST_WITH_NEAR = 5

/**
 * Chooses types by patterns: `plural.group`, `Kind`, `Kind.group`, plural, singular, short name,
 * `group/version/Kind`, a group, and all of them with `*`; case does not matter. No include means all. Bookkeeping
 * types are left out by default, unless an include names them. Names are looked up; patterns with a star are compared
 * with each type, in slices of 5 ms.
 */
export async function selectTypes(
  types: readonly ResourceType[],
  { include, exclude }: TypePatterns,
): Promise<Selection> {
  const index = indexTypes(types)
  const work = { comparisons: 0, characters: 0 }
  const includes = await matchAll(include.length === 0 ? ['*'] : include, index, work)
  const excludes = await matchAll(exclude, index, work)
  const unmatched = await withNear(includes.unmatched, MOST_WITH_NEAR, index, work)
  const rest = MOST_WITH_NEAR - unmatched.length
  return {
    ...choose(index, includes, excludes),
    unmatched,
    ambiguous: includes.ambiguous,
    unmatchedExcludes: await withNear(excludes.unmatched, rest, index, work),
    work,
  }
}

/** What the patterns of a list mean together. */
interface Matches {
  types: ReadonlySet<NamedType>
  /** Those of them that a pattern asks for in particular. */
  named: ReadonlySet<NamedType>
  unmatched: string[]
  ambiguous: Selection['ambiguous']
}

async function matchAll(
  patterns: readonly string[],
  index: TypeIndex,
  work: SelectionWork,
): Promise<Matches> {
  const types = new Set<NamedType>()
  const named = new Set<NamedType>()
  const unmatched: string[] = []
  const ambiguous: Selection['ambiguous'] = []
  const slice = startTimeSlice()
  const seen = new Set<string>()
  for (const pattern of patterns) {
    const normal = normalizePattern(pattern)
    if (seen.has(normal)) continue
    seen.add(normal)
    const match = await matchPattern(normal, index, work)
    for (const one of match.types) types.add(one)
    if (isNaming(match, normal)) for (const one of match.types) named.add(one)
    if (match.types.length === 0) unmatched.push(pattern)
    if (match.by === 'name' && match.types.length > 1) {
      ambiguous.push({ pattern, resources: match.types.map(({ type }) => resourceName(type)) })
    }
    if (slice.isOver) await slice.next()
  }
  return { types, named, unmatched, ambiguous }
}

/** A pattern that begins with a star, or is a group, asks for no type in particular. */
function isNaming({ by }: PatternMatch, pattern: string): boolean {
  return by === 'name' || (by === 'glob' && !pattern.startsWith('*'))
}

function choose(
  { all }: TypeIndex,
  included: Matches,
  excluded: Matches,
): Pick<Selection, 'selected' | 'excluded'> {
  const chosen: Pick<Selection, 'selected' | 'excluded'> = { selected: [], excluded: [] }
  for (const one of all) {
    if (!included.types.has(one)) continue
    const resource = resourceName(one.type)
    const byDefault = included.named.has(one) ? undefined : DEFAULT_EXCLUDES.get(resource)
    const reason = excluded.types.has(one) ? EXCLUDED : byDefault
    if (reason === undefined) chosen.selected.push(one.type)
    else chosen.excluded.push({ resource, reason })
  }
  return chosen
}

async function withNear(
  patterns: string[],
  most: number,
  index: TypeIndex,
  work: SelectionWork,
): Promise<UnmatchedPattern[]> {
  const found: UnmatchedPattern[] = []
  for (const [place, pattern] of patterns.entries()) {
    const text = normalizePattern(pattern).replaceAll('*', '')
    const near = place < most ? await findNearNames(text, index, work) : []
    found.push({ pattern, near })
  }
  return found
}
