import type { Capability } from '@capstan/shared/contract/capability'

/** API metadata of a type that is not in the prompt: it can change while the content key stays the same. */
export type TypeMetadata = Pick<
  Capability,
  'verbs' | 'shortNames' | 'categories' | 'printerColumns'
>

/** Serializes metadata for comparison. Equal metadata gives equal text. */
export function serializeMetadata({
  verbs,
  shortNames,
  categories,
  printerColumns,
}: TypeMetadata): string {
  const columns = printerColumns.map(({ name, type, jsonPath, description, priority }) => [
    name,
    type,
    jsonPath,
    description ?? '',
    priority ?? 0,
  ])
  return JSON.stringify([verbs, shortNames, categories, columns])
}
