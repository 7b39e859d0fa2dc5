import type { Capability } from '@capstan/shared/contract/capability'
import { readSearchedFields, type SearchedField } from '../searched-fields.ts'
import { findRowConcepts } from '../thesaurus/thesaurus.ts'
import { normalizeKind } from '../words/kind-names.ts'
import { stemText } from '../words/stem.ts'

/**
 * What a word says in a field, and how many words the field usually has: a long one says less with each. A query
 * matches most reliably where the type is named, least in its prose. Chosen on the tuning half of the relevance
 * benchmark, and on search phrases asked of rows that had lost them; the figures hardly change within a third of each.
 */
const FIELDS: Record<SearchedField, { weight: number; usual: number }> = {
  kind: { weight: 3, usual: 3 },
  resource: { weight: 1.5, usual: 4 },
  capabilities: { weight: 3, usual: 6 },
  searchPhrases: { weight: 2.5, usual: 7 },
  providers: { weight: 2, usual: 2 },
  abstractions: { weight: 1, usual: 4 },
  shortNames: { weight: 2, usual: 1 },
  description: { weight: 1, usual: 10 },
  useCase: { weight: 0.5, usual: 10 },
}
/** 0: the length of a field does not matter. 1: only the share of a word in it does. */
const LENGTH_COUNTS = 0.5
/** How much must be said for half of the most that a word can count. */
const SATURATION = 1.5

/** How the index calls a concept of the thesaurus; no word of a text is like it. */
export function toConceptTerm(concept: string): string {
  return `#${concept}`
}

/** How it calls the whole name of a kind. */
export function toNameTerm(name: string): string {
  return `=${name}`
}

/** Stems of a row's words, the name of its kind and the concepts that it names, with how much it says of each, below 1 (BM25F). */
export function extractRowTerms(row: Capability): Map<string, number> {
  const said = new Map<string, number>()
  const add = (term: string, weight: number): void => {
    said.set(term, (said.get(term) ?? 0) + weight)
  }
  for (const [field, texts] of readSearchedFields(row)) {
    const { weight, usual } = FIELDS[field]
    // Each text apart: a phrase does not go on in the next one.
    const stems = texts.map(stemText)
    const count = stems.reduce((sum, { length }) => sum + length, 0)
    const each = weight / (1 - LENGTH_COUNTS + (LENGTH_COUNTS * count) / usual)
    for (const stem of stems.flat()) add(stem, each)
    const concepts = stems.flatMap(findRowConcepts).map(({ concept }) => toConceptTerm(concept))
    for (const concept of new Set(concepts)) add(concept, each)
  }
  add(toNameTerm(normalizeKind(row.kind)), FIELDS.kind.weight)
  for (const [term, weight] of said) said.set(term, weight / (weight + SATURATION))
  return said
}
