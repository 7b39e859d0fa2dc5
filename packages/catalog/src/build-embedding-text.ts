import type { Capability } from '@capstan/shared/contract/capability'
import { abbreviateKind } from './words/abbreviate-kind.ts'
import { splitCamelCase } from './words/tokenize.ts'

/** Embedding models read at least so much; a row is rarely a quarter of it. */
const MOST_CHARACTERS = 6_000

/** Likeness of a query and a row below which they have nothing to do with each other. */
export const MIN_COSINE = 0.25

/** What is embedded of a row: what it is and does in the first lines, prose last. */
export function buildEmbeddingText(row: Capability): string {
  const lines = [
    [
      // One word to a model that has never seen it.
      splitCamelCase(row.kind).join(' '),
      abbreviateKind(row.kind),
      row.resource,
      ...row.shortNames,
    ].join(' '),
    row.capabilities.join(', '),
    row.searchPhrases.join(', '),
    [...row.providers, ...row.abstractions].join(', '),
    row.description,
    row.useCase,
  ]
  return lines.join('\n').slice(0, MOST_CHARACTERS)
}
