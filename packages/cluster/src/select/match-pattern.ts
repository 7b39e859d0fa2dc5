import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { matchesGlob } from './matches-glob.ts'
import { namesOf, type TypeNames } from './names-of.ts'

/** A type with its spellings, made once for all patterns. */
export interface NamedType {
  type: ResourceType
  names: TypeNames
}

export interface Match {
  types: NamedType[]
  /** The pattern says which types it means, by name and not by group or star. */
  byName: boolean
}

export function nameTypes(types: ResourceType[]): NamedType[] {
  return types.map((type) => ({ type, names: namesOf(type) }))
}

/**
 * Types that a pattern means, whatever its case: with a star, those with a fitting spelling. Without, those of that
 * name; else of that short name; else of that group or of a group below it (`crossplane.io`).
 */
export function matchPattern(pattern: string, types: NamedType[]): Match {
  const wanted = pattern.trim().toLowerCase()
  if (wanted.includes('*')) {
    const fits = (name: string): boolean => matchesGlob(wanted, name)
    const byName = !wanted.startsWith('*')
    return { byName, types: types.filter(({ names }) => spellings(names).some(fits)) }
  }
  const named = bySpelling(types).get(wanted) ?? []
  if (named.length > 0) return { byName: true, types: named }
  const short = types.filter(({ names }) => names.short.includes(wanted))
  if (short.length > 0) return { byName: true, types: short }
  return { byName: false, types: types.filter(({ type }) => isInGroup(type.group, wanted)) }
}

const indexes = new WeakMap<NamedType[], Map<string, NamedType[]>>()

/** Made once for a set of types: a list of thousands of names would look at each of them for each name. */
function bySpelling(types: NamedType[]): Map<string, NamedType[]> {
  const known = indexes.get(types)
  if (known) return known
  const index = new Map<string, NamedType[]>()
  for (const type of types) {
    for (const name of new Set(spellings(type.names))) {
      const named = index.get(name)
      if (named) named.push(type)
      else index.set(name, [type])
    }
  }
  indexes.set(types, index)
  return index
}

/** All but short names: a star over those would catch what nobody means. */
export function spellings({ resource, full, bare }: TypeNames): string[] {
  return [resource, ...full, ...bare]
}

function isInGroup(group: string, wanted: string): boolean {
  const lower = group.toLowerCase()
  return wanted !== '' && (lower === wanted || lower.endsWith(`.${wanted}`))
}
