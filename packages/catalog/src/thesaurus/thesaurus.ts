import { readFileSync } from 'node:fs'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type { Stemmer } from '../words/stemmer.ts'

/** A concept that a text mentions, and the words that mention it. */
export interface ConceptMatch {
  /** Name of the concept: the first phrase of its line. Stored in vectors, so it must not depend on the line order. */
  concept: string
  /** Position of the first matching stem. */
  start: number
  /** Number of matching stems. */
  length: number
  /** 1; less for concepts of everyday words, which carry little information. */
  weight: number
}

type Entry = Pick<ConceptMatch, 'concept' | 'weight'>
/** Phrase (stems joined by spaces) -> the concepts it mentions. */
type Phrases = Map<string, Entry[]>

const LONGEST_PHRASE = 4
/** Prefix of lines with everyday words. */
const EVERYDAY = '~'
const EVERYDAY_WEIGHT = 0.5

/**
 * Synonyms by concept, from thesaurus.txt. A concept has row phrases, which count in rows and queries, and query
 * phrases, which count in queries only.
 */
export class Thesaurus {
  readonly #stemmer: Stemmer
  readonly #rowPhrases: Phrases = new Map()
  readonly #queryPhrases: Phrases = new Map()
  /** First stems of phrases of several stems. Most stems are not in it and need a single look-up. */
  readonly #phraseStarts = new Set<string>()
  readonly #stems = new Set<string>()
  readonly #lines: Generator<undefined, undefined>

  constructor(stemmer: Stemmer) {
    this.#stemmer = stemmer
    this.#lines = this.#readLines()
  }

  /** Reads the file in time slices, about 250 ms in all. The other members read the rest at once if it is not complete. */
  async load(): Promise<void> {
    const slice = startTimeSlice()
    while (!this.#lines.next().done) {
      if (slice.isOver) await slice.next()
    }
  }

  /** Every stem of every phrase: spelling correction uses them too. */
  get stems(): ReadonlySet<string> {
    this.#loadRest()
    return this.#stems
  }

  /** Concepts that a row mentions. */
  findRowConcepts(stems: string[]): ConceptMatch[] {
    return this.#find(stems, [this.#rowPhrases])
  }

  /** Concepts that a query mentions. */
  findQueryConcepts(stems: string[]): ConceptMatch[] {
    return this.#find(stems, [this.#rowPhrases, this.#queryPhrases])
  }

  #find(stems: string[], dictionaries: Phrases[]): ConceptMatch[] {
    this.#loadRest()
    const found: ConceptMatch[] = []
    for (const [start, stem] of stems.entries()) {
      const longest = this.#phraseStarts.has(stem)
        ? Math.min(LONGEST_PHRASE, stems.length - start)
        : 1
      let phrase = stem
      for (let length = 1; length <= longest; length += 1) {
        if (length > 1) phrase += ` ${stems[start + length - 1]}`
        for (const dictionary of dictionaries) {
          for (const entry of dictionary.get(phrase) ?? []) found.push({ ...entry, start, length })
        }
      }
    }
    return found
  }

  #loadRest(): void {
    while (!this.#lines.next().done);
  }

  *#readLines(): Generator<undefined, undefined> {
    const text = readFileSync(new URL('./thesaurus.txt', import.meta.url), 'utf8')
    for (const line of text.split('\n')) {
      if (!/^[^#]/.test(line)) continue
      this.#addLine(line)
      yield
    }
  }

  #addLine(line: string): void {
    const weight = line.startsWith(EVERYDAY) ? EVERYDAY_WEIGHT : 1
    const [rowPhrases = '', queryPhrases = ''] = line.replace(EVERYDAY, '').split('<')
    const concept = rowPhrases.split(',', 1).join().trim()
    this.#addPhrases(this.#rowPhrases, rowPhrases, { concept, weight })
    this.#addPhrases(this.#queryPhrases, queryPhrases, { concept, weight })
  }

  #addPhrases(dictionary: Phrases, phrases: string, entry: Entry): void {
    for (const phrase of phrases.split(',')) {
      const stems = this.#stemmer.stemText(phrase)
      if (stems.length > 1) this.#phraseStarts.add(stems[0] ?? '')
      for (const stem of stems) this.#stems.add(stem)
      const key = stems.join(' ')
      const known = dictionary.get(key) ?? []
      if (known.every(({ concept }) => concept !== entry.concept)) {
        dictionary.set(key, [...known, entry])
      }
    }
  }
}
