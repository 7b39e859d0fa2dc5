import type { Capability } from '@capstan/shared/contract/capability'

/** What the cluster says of a type beside what a model is asked about: it may change while the question stays the same. */
export type TypeMetadata = Pick<
  Capability,
  'verbs' | 'shortNames' | 'categories' | 'printerColumns'
>

/** Equal metadata give equal text. */
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
