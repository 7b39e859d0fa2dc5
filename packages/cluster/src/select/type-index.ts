import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { listTypeNames, type TypeNames } from './list-type-names.ts'

/** A type with its spellings, computed once for all patterns. */
export interface NamedType {
  type: ResourceType
  names: TypeNames
  /** Unique spellings without short names, which patterns with a star must not match. */
  spellings: readonly string[]
}

/** Types by everything that a pattern without a star can name, in lower case. */
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
 * Indexes a list of types. The index is cached by list, so the list must not change afterwards.
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
    for (const group of listParentGroups(one.type.group.toLowerCase())) add(byGroup, group, one)
  }
  return { all, bySpelling, byShortName, byGroup }
}

function listParentGroups(group: string): string[] {
  if (group === '') return []
  const parts = group.split('.')
  return parts.map((_, start) => parts.slice(start).join('.'))
}

function add(index: Map<string, NamedType[]>, name: string, one: NamedType): void {
  const named = index.get(name)
  if (named) named.push(one)
  else index.set(name, [one])
}
