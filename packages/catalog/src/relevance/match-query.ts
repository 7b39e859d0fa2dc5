import { toConceptTerm } from '../in-process/extract-row-terms.ts'
import type { Lexicon } from '../lexicon.ts'
import { findNameCandidates, type NameCandidate } from '../words/kind-names.ts'
import { PRODUCT_NAMES } from '../words/product-names.ts'
import { stemWord } from '../words/stem-word.ts'
import { tokenize } from '../words/tokenize.ts'
import { computeRarity, weighStem, type TermCounts } from './weigh-term.ts'

/** A word of a query as the keyword index reads it. */
export interface ReadWord {
  /** The word, or its correction. */
  stem: string
  /** Stems of rows that match it, with weights up to 1. */
  stems: ReadonlyMap<string, number>
}

export interface MatchWord extends ReadWord {
  /** Information that it carries, 0 to 1. */
  weight: number
  rarity: number
  /** Weights of the concepts that it mentions, alone or in a phrase. */
  concepts: ReadonlyMap<string, { weight: number; rarity: number }>
  isProduct: boolean
}

/** A query that is ready to be compared with rows. */
export interface MatchQuery {
  words: MatchWord[]
  /** Sum of the weights of all words. */
  weight: number
  /** Runs of words that may be the whole name of a kind. */
  names: NameCandidate[]
}

const PRODUCT_STEMS = new Set(tokenize(PRODUCT_NAMES).map(stemWord))

export function buildMatchQuery(
  words: ReadWord[],
  counts: TermCounts,
  { thesaurus }: Lexicon,
): MatchQuery {
  const stems = words.map(({ stem }) => stem)
  const found = thesaurus.findQueryConcepts(stems)
  const weighed = words.map((word, position): MatchWord => {
    const mentioned = found.filter(
      ({ start, length }) => start <= position && position < start + length,
    )
    return {
      ...word,
      weight: weighStem(word.stem, counts),
      rarity: computeRarity(word.stem, counts),
      concepts: new Map(
        mentioned.map(({ concept, weight }) => [
          concept,
          { weight, rarity: computeRarity(toConceptTerm(concept), counts) },
        ]),
      ),
      isProduct: PRODUCT_STEMS.has(word.stem),
    }
  })
  return {
    words: weighed,
    weight: weighed.reduce((sum, { weight }) => sum + weight, 0),
    names: findNameCandidates(stems),
  }
}
