import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type { Lexicon } from '../lexicon.ts'
import type { Thesaurus } from '../thesaurus/thesaurus.ts'
import { findNameCandidates } from '../words/kind-names.ts'
import type { ReadWord } from '../relevance/match-query.ts'
import type { Stemmer } from '../words/stemmer.ts'
import { tokenize } from '../words/tokenize.ts'
import { limitTerms } from '../words/truncate-query.ts'
import { toConceptTerm, toNameTerm } from './extract-row-terms.ts'
import {
  interpretWord,
  type QueryWord,
  type Vocabulary,
  type WeightedTerms,
} from './interpret-word.ts'

export interface ParsedQuery {
  terms: WeightedTerms[]
  /** The words with the stems of rows that match each: itself, longer words, corrected spellings, words joined with neighbours. */
  words: ReadWord[]
  /** Whether rows or thesaurus know at least half of the words. */
  isUnderstood: boolean
}

/** Weights of other terms beside the words themselves, tuned like the field weights of rows. */
const CONCEPT_WEIGHT = 0.8
/** Weight of a word that is part of a thesaurus phrase. */
const WORD_IN_PHRASE_WEIGHT = 0.5
/** `daemon set` for DaemonSet: rarely a coincidence. */
const JOINED_WEIGHT = 1.2
/** For a query that consists of the name of a kind. */
const NAME_WEIGHT = 0.5

const LONGEST_NAME = 4
/** Words whose spelling is corrected. Each costs a comparison with all terms. */
const MAX_CORRECTED = 16

/**
 * Translates a query into index terms: words, prefixes, corrected spellings, concepts and names of kinds. Reads the words
 * in time slices of 5 ms, because each can require a comparison with all terms.
 */
export async function parseQuery(
  query: string,
  vocabulary: Vocabulary,
  { stemmer, thesaurus }: Lexicon,
): Promise<ParsedQuery> {
  const typed = limitTerms(tokenize(query))
  const stemsOfTyped = typed.map((term) => stemmer.stemWord(term))
  const words = await interpretWords(stemsOfTyped, vocabulary, thesaurus)
  const stems = words.map(({ stem }) => stem)
  // Before concepts are added to the terms.
  const read = words.map(({ stem, terms }) => ({ stem, stems: new Map(terms) }))
  const joined = joinNeighbours(typed, vocabulary, stemmer)
  for (const { name, start, end } of joined) {
    for (const { stems: alternatives } of read.slice(start, end)) alternatives.set(name, 1)
  }
  const phrases = addConcepts(words, thesaurus)
  const ownTerms = words.map(({ terms, weight }) => mapWeights(terms, (_, one) => weight * one))
  const known = words.filter(({ isKnown }) => isKnown).length
  const terms = [
    ...ownTerms,
    ...phrases,
    ...joined.map(({ name }) => new Map([[name, JOINED_WEIGHT]])),
    ...nameTerms(stems),
  ]
  return {
    terms: terms.map((one) => mapWeights(one, (term, weight) => weight * vocabulary.rarity(term))),
    words: read,
    isUnderstood: 2 * known >= words.length,
  }
}

async function interpretWords(
  stems: string[],
  vocabulary: Vocabulary,
  thesaurus: Thesaurus,
): Promise<QueryWord[]> {
  const words: QueryWord[] = []
  const slice = startTimeSlice()
  let corrected = 0
  for (const stem of stems) {
    if (slice.isOver) await slice.next()
    const isCorrectable = corrected < MAX_CORRECTED
    const word = interpretWord(stem, vocabulary, thesaurus.stems, isCorrectable)
    if (!word.isKnown || word.stem !== stem) corrected += 1
    words.push(word)
  }
  return words
}

/** Adds concepts to the words that mention them. Returns the concepts that several words mention together. */
function addConcepts(words: QueryWord[], thesaurus: Thesaurus): WeightedTerms[] {
  const phrases: WeightedTerms[] = []
  const stems = words.map(({ stem }) => stem)
  for (const { concept, start, length, weight } of thesaurus.findQueryConcepts(stems)) {
    const term = toConceptTerm(concept)
    const members = words.slice(start, start + length)
    if (length === 1) {
      for (const { terms } of members) terms.set(term, CONCEPT_WEIGHT * weight)
    } else {
      phrases.push(new Map([[term, CONCEPT_WEIGHT * weight]]))
      for (const member of members) member.weight = Math.min(member.weight, WORD_IN_PHRASE_WEIGHT)
    }
  }
  return phrases
}

/** Neighbouring words that are one word in some row. */
function joinNeighbours(
  typed: string[],
  vocabulary: Vocabulary,
  stemmer: Stemmer,
): { name: string; start: number; end: number }[] {
  const found: { name: string; start: number; end: number }[] = []
  for (const start of typed.keys()) {
    for (let end = start + 2; end <= Math.min(start + LONGEST_NAME, typed.length); end += 1) {
      const name = stemmer.stemWord(typed.slice(start, end).join(''))
      if (vocabulary.rarity(name) > 0) found.push({ name, start, end })
    }
  }
  return found
}

/** Terms for runs of words that may be the whole name of a kind, weighted by their share of the query. */
function nameTerms(stems: string[]): WeightedTerms[] {
  return findNameCandidates(stems).map(
    ({ name, share }) => new Map([[toNameTerm(name), NAME_WEIGHT * share]]),
  )
}

function mapWeights(
  terms: WeightedTerms,
  change: (term: string, weight: number) => number,
): WeightedTerms {
  return new Map([...terms].map(([term, weight]) => [term, change(term, weight)]))
}
