import type { Capability } from '@capstan/shared/contract/capability'
import type { Lexicon } from '../lexicon.ts'
import { readSearchedFields, type SearchedField } from '../searched-fields.ts'
import { normalizeKind } from '../words/kind-names.ts'

interface FieldWeight {
  weight: number
  /** Usual number of words. */
  usualLength: number
  /** Words beyond this number do not lower the weight: another phrase is another way to ask for the same row. */
  maxLength?: number
}

/**
 * Weights of the fields (BM25F). Fields that name the type are the most reliable match, prose the least. Tuned on the
 * tuning half of the relevance benchmark and on the search phrases of rows that had lost them. A change of a value by a
 * third hardly changes the results.
 */
const FIELDS: Record<SearchedField, FieldWeight> = {
  kind: { weight: 3, usualLength: 3 },
  resource: { weight: 1.5, usualLength: 4 },
  capabilities: { weight: 3, usualLength: 6, maxLength: 30 },
  searchPhrases: { weight: 2.5, usualLength: 7, maxLength: 20 },
  providers: { weight: 2, usualLength: 2 },
  abstractions: { weight: 1, usualLength: 4 },
  shortNames: { weight: 2, usualLength: 1 },
  description: { weight: 1, usualLength: 10 },
  useCase: { weight: 0.5, usualLength: 10 },
}
/** `b` of BM25. 0: the length of a field has no effect. 1: weights are divided by the length. */
const LENGTH_NORMALIZATION = 0.5
/** `k1` of BM25: the weight at which a term reaches half of its maximum. */
const SATURATION = 1.5

/** Index term of a thesaurus concept. No word starts with `#`. */
export function toConceptTerm(concept: string): string {
  return `#${concept}`
}

/** Index term of the whole name of a kind. No word starts with `=`. */
export function toNameTerm(name: string): string {
  return `=${name}`
}

/** Terms of a row with their BM25F weights, below 1: stems of its words, its concepts and the name of its kind. */
export function extractRowTerms(
  row: Capability,
  { stemmer, thesaurus }: Lexicon,
): Map<string, number> {
  const weights = new Map<string, number>()
  const add = (term: string, weight: number): void => {
    weights.set(term, (weights.get(term) ?? 0) + weight)
  }
  for (const [field, texts] of readSearchedFields(row)) {
    const { weight, usualLength, maxLength = Infinity } = FIELDS[field]
    // Texts are stemmed one by one: a phrase must not span two of them.
    const stems = texts.map((text) => stemmer.stemText(text))
    const count = Math.min(maxLength, stems.flat().length)
    const normalized =
      weight / (1 - LENGTH_NORMALIZATION + (LENGTH_NORMALIZATION * count) / usualLength)
    for (const stem of stems.flat()) add(stem, normalized)
    const concepts = stems.flatMap((some) => thesaurus.findRowConcepts(some))
    const terms = concepts.map(({ concept }) => toConceptTerm(concept))
    for (const term of new Set(terms)) add(term, normalized)
  }
  add(toNameTerm(normalizeKind(row.kind, stemmer)), FIELDS.kind.weight)
  for (const [term, weight] of weights) weights.set(term, weight / (weight + SATURATION))
  return weights
}
