import { conceptsAsked, THESAURUS_STEMS } from '../thesaurus/thesaurus.ts'
import { weightOfWord } from '../words/common-words.ts'
import { editDistance } from '../words/edit-distance.ts'
import { spelledNames } from '../words/kind-name.ts'
import { searchTerms } from '../words/search-terms.ts'
import { stemOf } from '../words/stem.ts'
import { conceptTerm, nameTerm } from './row-words.ts'

/** The terms of all rows. */
export interface Vocabulary {
  /** How rare a term is: 0 when no row has it. */
  rarity(term: string): number
  terms(): Iterable<string>
}

/** A word or a phrase of a query: any of its terms answers it, the heaviest one in a row counts. */
export type Asked = Map<string, number>

export interface QueryWords {
  asked: Asked[]
  /** Its words as they were understood: typing errors put right. */
  stems: string[]
  /** Whether rows or thesaurus know half of them. */
  isUnderstood: boolean
}

interface Word {
  stem: string
  terms: Asked
  isKnown: boolean
  /** 1; less for a word of any sentence, and for one that is told better by a phrase it is part of. */
  weight: number
}

/** What another term counts beside the word itself; chosen like the weights of the fields. */
const CONCEPT = 0.8
const BEGINNING = 0.6
/** By the number of letters that are wrong. */
const MISTYPED = [1, 0.8, 0.6]
/** A known word that an unknown one begins with. */
const WITHIN = 0.6
const IN_PHRASE = 0.5
/** `daemon set` for DaemonSet: seldom by chance. */
const JOINED = 1.2
/** A query that is the name of a kind and nothing else. */
const NAMED = 0.5

const LEAST_BEGINNING = 3
const LEAST_WITHIN = 5
const LETTER = /^\p{L}/u
const LONGEST_NAME = 4

/** What a query asks of the rows: its words and beginnings of words, mistyped ones put right, and what they mean. */
export function queryWords(query: string, vocabulary: Vocabulary): QueryWords {
  const typed = searchTerms(query)
  const words = typed.map((word) => readWord(stemOf(word), vocabulary))
  const stems = words.map(({ stem }) => stem)
  const phrases = meanings(words, stems)
  const asked = words.map(({ terms, weight }) => weighted(terms, weight))
  const known = words.filter(({ isKnown }) => isKnown).length
  return {
    asked: [...asked, ...phrases, ...joined(typed, vocabulary), ...namings(stems)].map((terms) =>
      mapped(terms, (term, weight) => weight * vocabulary.rarity(term)),
    ),
    stems,
    isUnderstood: 2 * known >= words.length,
  }
}

function readWord(stem: string, vocabulary: Vocabulary): Word {
  const terms: Asked = new Map()
  if (vocabulary.rarity(stem) > 0) terms.set(stem, 1)
  if (stem.length >= LEAST_BEGINNING) {
    for (const term of vocabulary.terms()) {
      if (term.length > stem.length && term.startsWith(stem)) {
        terms.set(term, (BEGINNING * stem.length) / term.length)
      }
    }
  }
  if (terms.has(stem) || THESAURUS_STEMS.has(stem)) {
    return { stem, terms, isKnown: true, weight: weightOfWord(stem) }
  }
  const [whole] = [...terms.keys()].toSorted(byLength)
  if (whole !== undefined) return { stem: whole, terms, isKnown: true, weight: 1 }
  const near = nearest(stem, vocabulary)
  const inside = near.size === 0 ? wordWithin(stem, vocabulary) : undefined
  if (inside !== undefined) near.set(inside, WITHIN)
  return { stem: near.keys().next().value ?? stem, terms: near, isKnown: near.size > 0, weight: 1 }
}

/** Of the words that begin like what was typed the shortest is meant most likely. */
function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1)
}

/** Known words with the fewest letters wrong, in the order of the alphabet. */
function nearest(stem: string, vocabulary: Vocabulary): Asked {
  let least = mostWrong(stem)
  let found: string[] = []
  for (const words of [vocabulary.terms(), THESAURUS_STEMS]) {
    for (const word of words) {
      if (!beginsAlike(stem, word)) continue
      const distance = editDistance(stem, word, least)
      if (distance < least) found = []
      if (distance <= least) found.push(word)
      least = Math.min(least, distance)
    }
  }
  return new Map(found.toSorted().map((word) => [word, MISTYPED[least] ?? 0]))
}

/** The longest known word that it begins with and that is most of it: `containerised`, or an ending typed wrong. */
function wordWithin(stem: string, vocabulary: Vocabulary): string | undefined {
  const least = Math.max(LEAST_WITHIN, stem.length / 2)
  for (let length = stem.length - 1; length >= least; length -= 1) {
    const word = stem.slice(0, length)
    if (vocabulary.rarity(word) > 0 || THESAURUS_STEMS.has(word)) return word
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

/** Gives words the concepts that they name, and answers those that only several of them name together. */
function meanings(words: Word[], stems: string[]): Asked[] {
  const phrases: Asked[] = []
  for (const { concept, start, length, weight } of conceptsAsked(stems)) {
    const term = conceptTerm(concept)
    const members = words.slice(start, start + length)
    if (length === 1) {
      for (const { terms } of members) terms.set(term, CONCEPT * weight)
    } else {
      phrases.push(new Map([[term, CONCEPT * weight]]))
      for (const member of members) member.weight *= IN_PHRASE
    }
  }
  return phrases
}

/** Neighbours that are one word in some row. */
function joined(typed: string[], vocabulary: Vocabulary): Asked[] {
  const found: Asked[] = []
  for (const start of typed.keys()) {
    for (let end = start + 2; end <= Math.min(start + LONGEST_NAME, typed.length); end += 1) {
      const name = stemOf(typed.slice(start, end).join(''))
      if (vocabulary.rarity(name) > 0) found.push(new Map([[name, JOINED]]))
    }
  }
  return found
}

/** Runs of words that are the whole name of some kind: the more of the query, the more it is meant. */
function namings(stems: string[]): Asked[] {
  return spelledNames(stems).map(({ name, share }) => new Map([[nameTerm(name), NAMED * share]]))
}

function weighted(terms: Asked, by: number): Asked {
  return mapped(terms, (_, weight) => by * weight)
}

function mapped(terms: Asked, change: (term: string, weight: number) => number): Asked {
  return new Map([...terms].map(([term, weight]) => [term, change(term, weight)]))
}
