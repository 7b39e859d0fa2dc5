import type { Capability } from '@capstan/shared/contract/capability'
import type { Lexicon } from '../lexicon.ts'
import { extractRowTerms } from './extract-row-terms.ts'
import type { ReadWord } from '../relevance/match-query.ts'
import { InvertedIndex, type ScoreOptions } from './inverted-index.ts'
import { parseQuery } from './parse-query.ts'
import { PrefixIndex } from './prefix-index.ts'
import type { ScoredId } from './select-best.ts'

/** The result is empty unless rows or synonyms know at least half of the query words: matches of the rest are chance. */
export interface KeywordResult {
  isUnderstood: boolean
  words: ReadWord[]
  /** Stems of the words with corrected spelling. Empty when the query is not understood. */
  stems: string[]
  /** Rows with a query word, in no order. */
  score: (options: ScoreOptions) => ScoredId[]
}

/** In-process index of the words of rows. */
export class KeywordIndex {
  readonly #rows = new InvertedIndex<string>()
  readonly #prefixes = new PrefixIndex()
  readonly #lexicon: Lexicon

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon
  }

  get size(): number {
    return this.#rows.size
  }

  /** Number of rows that have an index term. */
  countRows(term: string): number {
    return this.#rows.countRows(term)
  }

  set(id: string, row: Capability): void {
    const terms = extractRowTerms(row, this.#lexicon)
    this.#rows.set(id, terms)
    for (const term of terms.keys()) this.#prefixes.add(term)
  }

  delete(id: string): void {
    this.#rows.delete(id)
  }

  clear(): void {
    this.#rows.clear()
    this.#prefixes.clear()
  }

  async search(query: string): Promise<KeywordResult> {
    const vocabulary = {
      rarity: (term: string) => this.#rarity(term),
      terms: () => this.#rows.features(),
      findByPrefix: (stem: string) =>
        this.#prefixes.find(stem, (term) => this.#rows.countRows(term) > 0),
    }
    const { terms, words, isUnderstood } = await parseQuery(query, vocabulary, this.#lexicon)
    if (!isUnderstood) return { isUnderstood, words, stems: [], score: () => [] }
    const stems = words.map(({ stem }) => stem)
    return { isUnderstood, words, stems, score: (options) => this.#rows.score(terms, options) }
  }

  /** Inverse document frequency as in BM25. */
  #rarity(term: string): number {
    const count = this.#rows.countRows(term)
    return count === 0 ? 0 : Math.log(1 + (this.#rows.size - count + 0.5) / (count + 0.5))
  }
}
