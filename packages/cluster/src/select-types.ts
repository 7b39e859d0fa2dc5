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
  /** Types that match an include and an exclude. Types that match no include are in neither list. */
  excluded: { resource: string; reason: string }[]
  /** Includes that match no type. */
  unmatched: UnmatchedPattern[]
  /** Includes that name several types, such as a kind of two groups. All of these types are included. */
  ambiguous: { pattern: string; resources: string[] }[]
  /** Excludes that match no type. */
  unmatchedExcludes: UnmatchedPattern[]
  work: SelectionWork
}

/** `near`: similar names, for the first five unmatched patterns only. */
export interface UnmatchedPattern {
  pattern: string
  near: string[]
}

export interface TypePatterns {
  include: readonly string[]
  exclude: readonly string[]
}

const EXCLUDED = 'excluded by pattern'
const MAX_WITH_NEAR = 5

/**
 * Selects types by patterns: `plural.group`, `Kind`, `Kind.group`, plural, singular, short name, `group/version/Kind` or a
 * group, each optionally with `*`, in any case. No include selects all types. Bookkeeping types need an include that names
 * them. Names are looked up in an index; patterns with a star are compared with each type, in time slices of 5 ms.
 */
export async function selectTypes(
  types: readonly ResourceType[],
  { include, exclude }: TypePatterns,
): Promise<Selection> {
  const index = indexTypes(types)
  const work = { comparisons: 0, characters: 0 }
  const includes = await matchAll(include.length === 0 ? ['*'] : include, index, work)
  const excludes = await matchAll(exclude, index, work)
  const unmatched = await withNear(includes.unmatched, MAX_WITH_NEAR, index, work)
  const rest = MAX_WITH_NEAR - unmatched.length
  return {
    ...choose(index, includes, excludes),
    unmatched,
    ambiguous: includes.ambiguous,
    unmatchedExcludes: await withNear(excludes.unmatched, rest, index, work),
    work,
  }
}

/** The union of the matches of several patterns. */
interface CombinedMatches {
  types: ReadonlySet<NamedType>
  /** Those that a pattern names, as opposed to a group or a leading star. */
  named: ReadonlySet<NamedType>
  unmatched: string[]
  ambiguous: Selection['ambiguous']
}

async function matchAll(
  patterns: readonly string[],
  index: TypeIndex,
  work: SelectionWork,
): Promise<CombinedMatches> {
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
    if (namesTypes(match, normal)) for (const one of match.types) named.add(one)
    if (match.types.length === 0) unmatched.push(pattern)
    if (match.by === 'name' && match.types.length > 1) {
      ambiguous.push({ pattern, resources: match.types.map(({ type }) => resourceName(type)) })
    }
    if (slice.isOver) await slice.next()
  }
  return { types, named, unmatched, ambiguous }
}

/** A pattern with a leading star and a group name no particular type. */
function namesTypes({ by }: PatternMatch, pattern: string): boolean {
  return by === 'name' || (by === 'glob' && !pattern.startsWith('*'))
}

function choose(
  { all }: TypeIndex,
  included: CombinedMatches,
  excluded: CombinedMatches,
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
  limit: number,
  index: TypeIndex,
  work: SelectionWork,
): Promise<UnmatchedPattern[]> {
  const found: UnmatchedPattern[] = []
  for (const [position, pattern] of patterns.entries()) {
    const text = normalizePattern(pattern).replaceAll('*', '')
    const near = position < limit ? await findNearNames(text, index, work) : []
    found.push({ pattern, near })
  }
  return found
}
