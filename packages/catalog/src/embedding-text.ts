import type { Capability } from '@capstan/shared/contract/capability'

/** Embedding models read at least so much; a row is rarely a quarter of it. */
const MOST_CHARACTERS = 6_000

/** Likeness of a query and a row below which they have nothing to do with each other. */
export const LEAST_COSINE = 0.25

/** What is embedded of a row: what it is and does in the first lines, prose last. */
export function embeddingText(row: Capability): string {
  const lines = [
    [spaced(row.kind), initials(row.kind), row.resource, ...row.shortNames].join(' '),
    row.capabilities.join(', '),
    row.searchPhrases.join(', '),
    [...row.providers, ...row.abstractions].join(', '),
    row.description,
    row.useCase,
  ]
  return lines.join('\n').slice(0, MOST_CHARACTERS)
}

/** `PodDisruptionBudget` is one word to a model that has never seen it. */
function spaced(kind: string): string {
  return kind.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
}

/** `HPA`: what many types are called in talk. */
function initials(kind: string): string {
  const capitals = kind.replace(/[^A-Z]/g, '')
  return capitals.length > 1 ? capitals.toLowerCase() : ''
}
