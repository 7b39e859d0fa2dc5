import type { Capability } from '@capstan/shared/contract/capability'

/** What the cluster says of a type beside what a model is asked about: it may change while the question stays the same. */
export type TypeFacts = Pick<Capability, 'verbs' | 'shortNames' | 'categories' | 'printerColumns'>

/** Equal facts give equal text. */
export function factsText({ verbs, shortNames, categories, printerColumns }: TypeFacts): string {
  const columns = printerColumns.map(({ name, type, jsonPath, description, priority }) => [
    name,
    type,
    jsonPath,
    description ?? '',
    priority ?? 0,
  ])
  return JSON.stringify([verbs, shortNames, categories, columns])
}
