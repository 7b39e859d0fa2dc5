import type { Capability } from '@capstan/shared/contract/capability'
import type { Lexicon } from './lexicon.ts'
import { readSearchedFields } from './searched-fields.ts'
import type { ConceptMatch } from './thesaurus/thesaurus.ts'

/** Fields of a row in which a word starts with a query stem, or which mention a concept of the query. */
export function findMatchedFields(
  row: Capability,
  queryStems: string[],
  { stemmer, thesaurus }: Lexicon,
): string[] {
  const queryConcepts = toNames(thesaurus.findQueryConcepts(queryStems))
  return readSearchedFields(row).flatMap(([field, texts]) => {
    const stems = texts.map((text) => stemmer.stemText(text))
    const hasWord = stems.flat().some((stem) => queryStems.some((word) => stem.startsWith(word)))
    const rowConcepts = toNames(stems.flatMap((some) => thesaurus.findRowConcepts(some)))
    return hasWord || !rowConcepts.isDisjointFrom(queryConcepts) ? [field] : []
  })
}

function toNames(matches: ConceptMatch[]): Set<string> {
  return new Set(matches.map(({ concept }) => concept))
}
