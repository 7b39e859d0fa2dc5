import { startTimeSlice } from '@capstan/shared/async/time-slice'
import { compileGlob } from './compile-glob.ts'
import type { SelectionWork } from './selection-work.ts'
import type { NamedType, TypeIndex } from './type-index.ts'

export interface PatternMatch {
  types: readonly NamedType[]
  /** `name` means types, `group` all types of a group and of those below it, `glob` has a star. */
  by: 'name' | 'group' | 'glob'
}

/**
 * Types that a pattern means, whatever its case: with a star, those with a matching spelling. Without, those of that
 * name; else of that short name; else of that group or of a group below it (`crossplane.io`). Adds to `work` what it
 * compares, which is nothing for a pattern without a star.
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

/** A pattern as it is compared: two that are equal here mean the same types. */
export function normalizePattern(pattern: string): string {
  return pattern.trim().toLowerCase().replaceAll(/\*+/g, '*')
}

/** Types between two looks at the clock. */
const STEP = 64

async function matchGlob(
  pattern: string,
  { all }: TypeIndex,
  work: SelectionWork,
): Promise<NamedType[]> {
  const glob = compileGlob(pattern)
  const slice = startTimeSlice()
  const found: NamedType[] = []
  for (const [place, one] of all.entries()) {
    if (place % STEP === STEP - 1 && slice.isOver) await slice.next()
    const isMatch = one.spellings.some((name) => {
      work.comparisons += 1
      work.characters += name.length
      return glob.matches(name)
    })
    if (isMatch) found.push(one)
  }
  return found
}
