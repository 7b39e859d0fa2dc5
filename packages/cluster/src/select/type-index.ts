import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { listTypeNames, type TypeNames } from './list-type-names.ts'

/** A type with its spellings, made once for all patterns. */
export interface NamedType {
  type: ResourceType
  names: TypeNames
  /** All but short names, each once: a star over those would match what no caller means. */
  spellings: readonly string[]
}

/** Types by everything that a pattern without a star can be, in lower case. */
export interface TypeIndex {
  /** In the order of the types. */
  all: readonly NamedType[]
  bySpelling: ReadonlyMap<string, NamedType[]>
  byShortName: ReadonlyMap<string, NamedType[]>
  /** By the group and by each group above it: `postgresql.cnpg.io`, `cnpg.io` and `io`. */
  byGroup: ReadonlyMap<string, NamedType[]>
}

const indexes = new WeakMap<readonly ResourceType[], TypeIndex>()

/**
 * The index of a list of types, made once for each list: a caller's names are looked up, and never compared with each
 * type. The list must not change afterwards.
 */
export function indexTypes(types: readonly ResourceType[]): TypeIndex {
  const known = indexes.get(types)
  if (known) return known
  const index = createIndex(types)
  indexes.set(types, index)
  return index
}

function createIndex(types: readonly ResourceType[]): TypeIndex {
  const bySpelling = new Map<string, NamedType[]>()
  const byShortName = new Map<string, NamedType[]>()
  const byGroup = new Map<string, NamedType[]>()
  const all = types.map((type): NamedType => {
    const names = listTypeNames(type)
    const spellings = [...new Set([names.resource, ...names.full, ...names.bare])]
    return { type, names, spellings }
  })
  for (const one of all) {
    for (const name of one.spellings) add(bySpelling, name, one)
    for (const name of new Set(one.names.short)) add(byShortName, name, one)
    for (const group of groupsAbove(one.type.group.toLowerCase())) add(byGroup, group, one)
  }
  return { all, bySpelling, byShortName, byGroup }
}

function groupsAbove(group: string): string[] {
  if (group === '') return []
  const parts = group.split('.')
  return parts.map((_, start) => parts.slice(start).join('.'))
}

function add(index: Map<string, NamedType[]>, name: string, one: NamedType): void {
  const named = index.get(name)
  if (named) named.push(one)
  else index.set(name, [one])
}
