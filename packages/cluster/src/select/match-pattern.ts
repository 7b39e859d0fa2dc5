import { startTimeSlice } from '@capstan/shared/async/time-slice'
import { compileGlob } from './compile-glob.ts'
import type { SelectionWork } from './selection-work.ts'
import type { NamedType, TypeIndex } from './type-index.ts'

export interface PatternMatch {
  types: readonly NamedType[]
  /** `name`: a spelling of types. `group`: all types of a group and its subgroups. `glob`: a pattern with a star. */
  by: 'name' | 'group' | 'glob'
}

/**
 * Finds the types that a normalized pattern matches. A pattern with a star is compared with all spellings, which is counted
 * in `work`. Other patterns are looked up as a name, a short name, or a group with its subgroups (`crossplane.io`).
 */
export async function matchPattern(
  pattern: string,
  index: TypeIndex,
  work: SelectionWork,
): Promise<PatternMatch> {
  if (pattern === '*') return { by: 'glob', types: index.all }
  if (pattern.includes('*')) return { by: 'glob', types: await matchGlob(pattern, index, work) }
  const named = index.bySpelling.get(pattern) ?? index.byShortName.get(pattern)
  if (named) return { by: 'name', types: named }
  return { by: 'group', types: index.byGroup.get(pattern) ?? [] }
}

/** Normalizes case, spaces and repeated stars. Patterns with equal results match the same types. */
export function normalizePattern(pattern: string): string {
  return pattern.trim().toLowerCase().replaceAll(/\*+/g, '*')
}

/** Types between two checks of the time slice. */
const SLICE_CHECK_INTERVAL = 64

async function matchGlob(
  pattern: string,
  { all }: TypeIndex,
  work: SelectionWork,
): Promise<NamedType[]> {
  const glob = compileGlob(pattern)
  const slice = startTimeSlice()
  const found: NamedType[] = []
  for (const [index, one] of all.entries()) {
    if (index % SLICE_CHECK_INTERVAL === SLICE_CHECK_INTERVAL - 1 && slice.isOver)
      await slice.next()
    const isMatch = one.spellings.some((name) => {
      work.comparisons += 1
      work.characters += name.length
      return glob.matches(name)
    })
    if (isMatch) found.push(one)
  }
  return found
}
