import { thesaurusStems } from '../thesaurus/thesaurus.ts'
import { weighWord } from '../words/weigh-word.ts'
import { PREFIX_LETTERS } from './prefix-index.ts'
import { editDistance } from '@capstan/shared/text/edit-distance'

/** The terms of all rows. */
export interface Vocabulary {
  /** How rare a term is: 0 when no row has it. */
  rarity(term: string): number
  terms(): Iterable<string>
  /** Longer terms that begin with `stem`, which has at least three letters. */
  beginningWith(stem: string): string[]
}

/** A word or a phrase of a query: any of its terms answers it, the heaviest one in a row counts. */
export type WeightedTerms = Map<string, number>

/** A word of a query as it was understood. */
export interface QueryWord {
  stem: string
  terms: WeightedTerms
  isKnown: boolean
  /** 1; less for a word of any sentence, and for one that is told better by a phrase it is part of. */
  weight: number
}

/** What a term counts that only begins so. */
const BEGINNING = 0.6
/** By the number of letters that are wrong. */
const MISTYPED = [1, 0.8, 0.6]
/** A known word that an unknown one begins with. */
const WITHIN = 0.6

/** The shortest ones are meant most likely, and a beginning of thousands of terms says nothing. */
const MOST_BEGINNING = 500
const LEAST_WITHIN = 5
const LETTER = /^\p{L}/u

/**
 * A word as it was meant: one that is known, one that begins so, or the known ones that are spelt most alike.
 * `isCorrectable`: whether spellings are compared, which costs a look at all terms.
 */
export function interpretWord(
  stem: string,
  vocabulary: Vocabulary,
  isCorrectable = true,
): QueryWord {
  const terms = termsBeginning(stem, vocabulary)
  if (terms.has(stem) || thesaurusStems().has(stem)) {
    return { stem, terms, isKnown: true, weight: weighWord(stem) }
  }
  const [whole] = [...terms.keys()].toSorted(byLength)
  if (whole !== undefined) return { stem: whole, terms, isKnown: true, weight: 1 }
  const near: WeightedTerms = isCorrectable ? nearest(stem, vocabulary) : new Map()
  return { stem: near.keys().next().value ?? stem, terms: near, isKnown: near.size > 0, weight: 1 }
}

function termsBeginning(stem: string, vocabulary: Vocabulary): WeightedTerms {
  const terms: WeightedTerms = new Map()
  if (vocabulary.rarity(stem) > 0) terms.set(stem, 1)
  if (stem.length < PREFIX_LETTERS) return terms
  const longer = vocabulary.beginningWith(stem)
  const some = longer.length > MOST_BEGINNING ? longer.toSorted(byLength) : longer
  for (const term of some.slice(0, MOST_BEGINNING)) {
    terms.set(term, (BEGINNING * stem.length) / term.length)
  }
  return terms
}

/** Of the words that begin like what was typed the shortest is meant most likely. */
function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1)
}

/** Known words with the fewest letters wrong, in the order of the alphabet; or the one that it begins with. */
function nearest(stem: string, vocabulary: Vocabulary): WeightedTerms {
  let least = mostWrong(stem)
  let found: string[] = []
  for (const words of [vocabulary.terms(), thesaurusStems()]) {
    for (const word of words) {
      if (!beginsAlike(stem, word)) continue
      const distance = editDistance(stem, word, least)
      if (distance < least) found = []
      if (distance <= least) found.push(word)
      least = Math.min(least, distance)
    }
  }
  if (found.length > 0) return new Map(found.toSorted().map((word) => [word, MISTYPED[least] ?? 0]))
  const inside = wordWithin(stem, vocabulary)
  return new Map(inside === undefined ? [] : [[inside, WITHIN]])
}

/** The longest known word that it begins with and that is most of it: `containerised`, or an ending typed wrong. */
function wordWithin(stem: string, vocabulary: Vocabulary): string | undefined {
  const least = Math.max(LEAST_WITHIN, stem.length / 2)
  for (let length = stem.length - 1; length >= least; length -= 1) {
    const word = stem.slice(0, length)
    if (vocabulary.rarity(word) > 0 || thesaurusStems().has(word)) return word
  }
  return undefined
}

/**
 * The first letter is seldom wrong, though sometimes left out or put in; a word that begins otherwise is mostly
 * another one, and so are concepts and names.
 */
function beginsAlike(a: string, b: string): boolean {
  if (a[0] === b[0] || (a[0] === b[1] && a[1] === b[0])) return true
  return LETTER.test(b) && (a[0] === b[1] || a[1] === b[0])
}

/** Short words are near to too many others, and another number is another thing. */
function mostWrong(stem: string): number {
  if (stem.length < 4 || /\d/.test(stem)) return 0
  return stem.length < 6 ? 1 : 2
}
