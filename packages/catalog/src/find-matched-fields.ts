import type { Capability } from '@capstan/shared/contract/capability'
import { readSearchedFields } from './searched-fields.ts'
import { findQueryConcepts, findRowConcepts, type ConceptMatch } from './thesaurus/thesaurus.ts'
import { stemText } from './words/stem.ts'

/** Fields of a row in which a word of the query begins a word, or in which is said what a word of it means. */
export function findMatchedFields(row: Capability, asked: string[]): string[] {
  const meant = namesOf(findQueryConcepts(asked))
  return readSearchedFields(row).flatMap(([field, texts]) => {
    const stems = texts.map(stemText)
    const said = stems.flat().some((stem) => asked.some((word) => stem.startsWith(word)))
    return said || !namesOf(stems.flatMap(findRowConcepts)).isDisjointFrom(meant) ? [field] : []
  })
}

function namesOf(named: ConceptMatch[]): Set<string> {
  return new Set(named.map(({ concept }) => concept))
}
