import type { Capability } from '@capstan/shared/contract/capability'
import { searchedWords } from './searched-fields.ts'
import { conceptsAsked, conceptsTold, type NamedConcept } from './thesaurus/thesaurus.ts'
import { stemsOf } from './words/stem.ts'

/** Fields of a row in which a word of the query begins a word, or in which is said what a word of it means. */
export function matchedFields(row: Capability, asked: string[]): string[] {
  const meant = namesOf(conceptsAsked(asked))
  return searchedWords(row).flatMap(([field, texts]) => {
    const stems = texts.map(stemsOf)
    const said = stems.flat().some((stem) => asked.some((word) => stem.startsWith(word)))
    return said || !namesOf(stems.flatMap(conceptsTold)).isDisjointFrom(meant) ? [field] : []
  })
}

function namesOf(named: NamedConcept[]): Set<string> {
  return new Set(named.map(({ concept }) => concept))
}
