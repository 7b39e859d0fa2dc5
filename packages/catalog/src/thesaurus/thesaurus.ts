import { readFileSync } from 'node:fs'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import { stemText } from '../words/stem.ts'

/** A concept that a text names, and by which of its words. */
export interface ConceptMatch {
  /** Its name: the first phrase of its line. Stored in vectors, so it outlives a new order of the lines. */
  concept: string
  /** Place of the first word among the stems of the text, and how many words name it. */
  start: number
  length: number
  /** 1; less for words of every day, which say little. */
  weight: number
}

/** Phrase, as stems with spaces between -> the concepts it names. */
type Dictionary = Map<string, Pick<ConceptMatch, 'concept' | 'weight'>[]>

const LONGEST_PHRASE = 4
/** Of the lines that begin with it. */
const EVERYDAY = '~'
const EVERYDAY_WEIGHT = 0.5

/** What rows say of a concept, and what else people type for it. */
const TOLD: Dictionary = new Map()
const TYPED: Dictionary = new Map()
/** Stems that a phrase of several begins with: at most words of a text one look is enough. */
const BEGINNINGS = new Set<string>()
const STEMS = new Set<string>()

/**
 * Reads the thesaurus little by little, a quarter of a second in all. Whoever needs it before reads the rest at once;
 * processes that never search, such as workers, do not read it.
 */
export async function readThesaurus(): Promise<void> {
  const slice = startTimeSlice()
  while (!reading.next().done) {
    if (slice.isOver) await slice.next()
  }
}

/** Every stem that it knows: typing errors are put right towards them as well. */
export function thesaurusStems(): ReadonlySet<string> {
  readTheRest()
  return STEMS
}

/** Concepts that the words of a row name. */
export function findRowConcepts(stems: string[]): ConceptMatch[] {
  return named(stems, [TOLD])
}

/** Concepts that a query names, in the words of rows or in those of people. */
export function findQueryConcepts(stems: string[]): ConceptMatch[] {
  return named(stems, [TOLD, TYPED])
}

function named(stems: string[], dictionaries: Dictionary[]): ConceptMatch[] {
  readTheRest()
  const found: ConceptMatch[] = []
  for (const [start, stem] of stems.entries()) {
    const most = BEGINNINGS.has(stem) ? Math.min(LONGEST_PHRASE, stems.length - start) : 1
    let phrase = stem
    for (let length = 1; length <= most; length += 1) {
      if (length > 1) phrase += ` ${stems[start + length - 1]}`
      for (const dictionary of dictionaries) {
        for (const entry of dictionary.get(phrase) ?? []) found.push({ ...entry, start, length })
      }
    }
  }
  return found
}

/** Lines that are still to be read, one each time. */
const reading = readLines()

function readTheRest(): void {
  while (!reading.next().done);
}

function* readLines(): Generator<undefined, undefined> {
  const text = readFileSync(new URL('./thesaurus.txt', import.meta.url), 'utf8')
  for (const line of text.split('\n')) {
    if (!/^[^#]/.test(line)) continue
    learnLine(line)
    yield
  }
}

function learnLine(line: string): void {
  const weight = line.startsWith(EVERYDAY) ? EVERYDAY_WEIGHT : 1
  const [told = '', typed = ''] = line.replace(EVERYDAY, '').split('<')
  const concept = told.split(',', 1).join().trim()
  learn(TOLD, told, { concept, weight })
  learn(TYPED, typed, { concept, weight })
}

function learn(
  dictionary: Dictionary,
  phrases: string,
  entry: Pick<ConceptMatch, 'concept' | 'weight'>,
): void {
  for (const phrase of phrases.split(',')) {
    const stems = stemText(phrase)
    if (stems.length > 1) BEGINNINGS.add(stems[0] ?? '')
    for (const stem of stems) STEMS.add(stem)
    const key = stems.join(' ')
    const known = dictionary.get(key) ?? []
    if (known.every(({ concept }) => concept !== entry.concept)) {
      dictionary.set(key, [...known, entry])
    }
  }
}
