import type { Capability } from '@capstan/shared/contract/capability'
import type { ScoredId } from './select-best.ts'
import { InvertedIndex, type ScoreOptions } from './inverted-index.ts'
import { parseQuery } from './parse-query.ts'
import { extractRowTerms } from './extract-row-terms.ts'
import { PrefixIndex } from './prefix-index.ts'

/** When more than half of the words are known to no row and to no synonym, what shares the others does so by chance. */
export interface KeywordResult {
  isUnderstood: boolean
  /** Words of the query, typing errors put right; none when it is not understood. */
  stems: string[]
  /** Rows with a word of the query, in no order; none when it is not understood. */
  found: (narrowing: ScoreOptions) => ScoredId[]
}

/** Words of rows, in this process. */
export class KeywordIndex {
  readonly #rows = new InvertedIndex<string>()
  readonly #prefixes = new PrefixIndex()

  set(id: string, row: Capability): void {
    const words = extractRowTerms(row)
    this.#rows.set(id, words)
    for (const term of words.keys()) this.#prefixes.add(term)
  }

  delete(id: string): void {
    this.#rows.delete(id)
  }

  clear(): void {
    this.#rows.clear()
    this.#prefixes.clear()
  }

  async search(query: string): Promise<KeywordResult> {
    const { asked, stems, isUnderstood } = await parseQuery(query, {
      rarity: (term) => this.#rarity(term),
      terms: () => this.#rows.features(),
      beginningWith: (stem) =>
        this.#prefixes.beginningWith(stem, (term) => this.#rows.rowsWith(term) > 0),
    })
    if (!isUnderstood) return { isUnderstood, stems: [], found: () => [] }
    return { isUnderstood, stems, found: (narrowing) => this.#rows.score(asked, narrowing) }
  }

  #rarity(term: string): number {
    const count = this.#rows.rowsWith(term)
    return count === 0 ? 0 : Math.log(1 + (this.#rows.size - count + 0.5) / (count + 0.5))
  }
}
