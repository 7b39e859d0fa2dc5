import { findQueryConcepts } from '../thesaurus/thesaurus.ts'
import { findNameCandidates } from '../words/kind-names.ts'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import { limitTerms } from '../words/truncate-query.ts'
import { tokenize } from '../words/tokenize.ts'
import { stemWord } from '../words/stem.ts'
import {
  interpretWord,
  type WeightedTerms,
  type Vocabulary,
  type QueryWord,
} from './interpret-word.ts'
import { toConceptTerm, toNameTerm } from './extract-row-terms.ts'

export interface ParsedQuery {
  asked: WeightedTerms[]
  /** Its words as they were understood: typing errors put right. */
  stems: string[]
  /** Whether rows or thesaurus know half of them. */
  isUnderstood: boolean
}

/** What another term counts beside the word itself; chosen like the weights of the fields. */
const CONCEPT = 0.8
const IN_PHRASE = 0.5
/** `daemon set` for DaemonSet: seldom by chance. */
const JOINED = 1.2
/** A query that is the name of a kind and nothing else. */
const NAMED = 0.5

const LONGEST_NAME = 4
/** Words whose spelling is put right; a query with more errors is no query. */
const MOST_CORRECTED = 16

/**
 * What a query asks of the rows: its words and beginnings of words, mistyped ones put right, and what they mean. Reads the
 * words in slices of 5 ms, because each may be compared with all terms.
 */
export async function parseQuery(query: string, vocabulary: Vocabulary): Promise<ParsedQuery> {
  const typed = limitTerms(tokenize(query))
  const words = await readWords(typed, vocabulary)
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

async function readWords(typed: string[], vocabulary: Vocabulary): Promise<QueryWord[]> {
  const words: QueryWord[] = []
  const slice = startTimeSlice()
  let corrected = 0
  for (const term of typed) {
    if (slice.isOver) await slice.next()
    const stem = stemWord(term)
    const word = interpretWord(stem, vocabulary, corrected < MOST_CORRECTED)
    if (!word.isKnown || word.stem !== stem) corrected += 1
    words.push(word)
  }
  return words
}

/** Gives words the concepts that they name, and answers those that only several of them name together. */
function meanings(words: QueryWord[], stems: string[]): WeightedTerms[] {
  const phrases: WeightedTerms[] = []
  for (const { concept, start, length, weight } of findQueryConcepts(stems)) {
    const term = toConceptTerm(concept)
    const members = words.slice(start, start + length)
    if (length === 1) {
      for (const { terms } of members) terms.set(term, CONCEPT * weight)
    } else {
      phrases.push(new Map([[term, CONCEPT * weight]]))
      for (const member of members) member.weight = Math.min(member.weight, IN_PHRASE)
    }
  }
  return phrases
}

/** Neighbours that are one word in some row. */
function joined(typed: string[], vocabulary: Vocabulary): WeightedTerms[] {
  const found: WeightedTerms[] = []
  for (const start of typed.keys()) {
    for (let end = start + 2; end <= Math.min(start + LONGEST_NAME, typed.length); end += 1) {
      const name = stemWord(typed.slice(start, end).join(''))
      if (vocabulary.rarity(name) > 0) found.push(new Map([[name, JOINED]]))
    }
  }
  return found
}

/** Runs of words that are the whole name of some kind: the more of the query, the more it is meant. */
function namings(stems: string[]): WeightedTerms[] {
  return findNameCandidates(stems).map(
    ({ name, share }) => new Map([[toNameTerm(name), NAMED * share]]),
  )
}

function weighted(terms: WeightedTerms, by: number): WeightedTerms {
  return mapped(terms, (_, weight) => by * weight)
}

function mapped(
  terms: WeightedTerms,
  change: (term: string, weight: number) => number,
): WeightedTerms {
  return new Map([...terms].map(([term, weight]) => [term, change(term, weight)]))
}
