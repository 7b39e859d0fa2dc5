import { editDistance } from '@capstan/shared/text/edit-distance'
import { weighWord } from '../words/weigh-word.ts'
import { MIN_PREFIX_LENGTH } from './prefix-index.ts'

/** The terms of all rows. */
export interface Vocabulary {
  /** Inverse document frequency of a term; 0 if no row has it. */
  rarity(term: string): number
  terms(): Iterable<string>
  /** Longer terms that begin with `stem`, which has at least three letters. */
  findByPrefix(stem: string): string[]
}

/** Index terms for a word or phrase of a query, with weights. A row scores its heaviest matching term. */
export type WeightedTerms = Map<string, number>

/** A query word as the search understood it. */
export interface QueryWord {
  stem: string
  terms: WeightedTerms
  isKnown: boolean
  /** 1; less for an everyday word, and for a word that is part of a known phrase. */
  weight: number
}

/** Weight of a term that has the word as its prefix. */
const PREFIX_WEIGHT = 0.6
/** Weight of a corrected word, by the number of wrong letters. */
const CORRECTED_WEIGHTS = [1, 0.8, 0.6]
/** Weight of a known word that is a prefix of an unknown one. */
const CONTAINED_WEIGHT = 0.6

/** The shortest terms are the most likely ones, and a prefix of thousands of terms carries no information. */
const MAX_PREFIX_TERMS = 500
const MIN_CONTAINED_LENGTH = 5
const LETTER = /^\p{L}/u

/**
 * Interprets a stem as a known word, a prefix of known words, or the known words with the most similar spelling.
 * `isCorrectable` permits the comparison of spellings, which reads all terms.
 */
export function interpretWord(
  stem: string,
  vocabulary: Vocabulary,
  synonymStems: ReadonlySet<string>,
  isCorrectable = true,
): QueryWord {
  const terms = findPrefixTerms(stem, vocabulary)
  if (terms.has(stem) || synonymStems.has(stem)) {
    return { stem, terms, isKnown: true, weight: weighWord(stem) }
  }
  const [completed] = [...terms.keys()].toSorted(byLength)
  if (completed !== undefined) return { stem: completed, terms, isKnown: true, weight: 1 }
  const corrected: WeightedTerms = isCorrectable
    ? correctSpelling(stem, vocabulary, synonymStems)
    : new Map()
  const best = corrected.keys().next().value ?? stem
  return { stem: best, terms: corrected, isKnown: corrected.size > 0, weight: 1 }
}

function findPrefixTerms(stem: string, vocabulary: Vocabulary): WeightedTerms {
  const terms: WeightedTerms = new Map()
  if (vocabulary.rarity(stem) > 0) terms.set(stem, 1)
  if (stem.length < MIN_PREFIX_LENGTH) return terms
  const longer = vocabulary.findByPrefix(stem)
  const some = longer.length > MAX_PREFIX_TERMS ? longer.toSorted(byLength) : longer
  for (const term of some.slice(0, MAX_PREFIX_TERMS)) {
    terms.set(term, (PREFIX_WEIGHT * stem.length) / term.length)
  }
  return terms
}

/** Shortest first: of the words with a prefix, the shortest is the most likely one. */
function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1)
}

/** The known words with the fewest wrong letters, in alphabetical order; else the known word that is a prefix of `stem`. */
function correctSpelling(
  stem: string,
  vocabulary: Vocabulary,
  synonymStems: ReadonlySet<string>,
): WeightedTerms {
  let maxDistance = maxWrongLetters(stem)
  let found: string[] = []
  for (const words of [vocabulary.terms(), synonymStems]) {
    for (const word of words) {
      if (!hasSimilarStart(stem, word)) continue
      const distance = editDistance(stem, word, maxDistance)
      if (distance < maxDistance) found = []
      if (distance <= maxDistance) found.push(word)
      maxDistance = Math.min(maxDistance, distance)
    }
  }
  if (found.length > 0) {
    return new Map(found.toSorted().map((word) => [word, CORRECTED_WEIGHTS[maxDistance] ?? 0]))
  }
  const contained = findContainedWord(stem, vocabulary, synonymStems)
  return new Map(contained === undefined ? [] : [[contained, CONTAINED_WEIGHT]])
}

/** The longest known word that is a prefix and at least half of `stem`: `containerised`, or a misspelt suffix. */
function findContainedWord(
  stem: string,
  vocabulary: Vocabulary,
  synonymStems: ReadonlySet<string>,
): string | undefined {
  const minLength = Math.max(MIN_CONTAINED_LENGTH, stem.length / 2)
  for (let length = stem.length - 1; length >= minLength; length -= 1) {
    const word = stem.slice(0, length)
    if (vocabulary.rarity(word) > 0 || synonymStems.has(word)) return word
  }
  return undefined
}

/**
 * Typing errors seldom change the first letter; they sometimes omit, insert or swap it. A word with another start is
 * usually another word. Index terms of concepts and names start with a sign, so they never match.
 */
function hasSimilarStart(a: string, b: string): boolean {
  if (a[0] === b[0] || (a[0] === b[1] && a[1] === b[0])) return true
  return LETTER.test(b) && (a[0] === b[1] || a[1] === b[0])
}

/** Returns 0 for short words, which are similar to too many others, and for words with digits: `v1` is not a misspelt `v2`. */
function maxWrongLetters(stem: string): number {
  if (stem.length < 4 || /\d/.test(stem)) return 0
  return stem.length < 6 ? 1 : 2
}
