import type { Capability } from '@capstan/shared/contract/capability'
import { abbreviateKind } from './words/abbreviate-kind.ts'
import { splitCamelCase } from './words/tokenize.ts'

/** Every supported embedding model reads this much. A row is rarely a quarter of it. */
const MAX_CHARACTERS = 6_000

/** The text of a row that is embedded: names and capabilities first, prose last. */
export function buildEmbeddingText(row: Capability): string {
  const lines = [
    [
      // A model that does not know the kind would see one unknown word.
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
  return lines
    .filter((line) => line !== '')
    .join('\n')
    .slice(0, MAX_CHARACTERS)
}
