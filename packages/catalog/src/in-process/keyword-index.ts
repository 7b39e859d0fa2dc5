import type { Capability } from '@capstan/shared/contract/capability'
import type { Ranked } from './best-of.ts'
import { PostingIndex, type Narrowing } from './posting-index.ts'
import { queryWords } from './query-words.ts'
import { rowWords } from './row-words.ts'
import { TermPrefixes } from './term-prefixes.ts'

/** When more than half of the words are known to no row and to no synonym, what shares the others does so by chance. */
export interface KeywordAnswer {
  isUnderstood: boolean
  /** Words of the query, typing errors put right; none when it is not understood. */
  stems: string[]
  /** Rows with a word of the query, in no order; none when it is not understood. */
  found: (narrowing: Narrowing) => Ranked[]
}

/** Words of rows, in this process. */
export class KeywordIndex {
  readonly #rows = new PostingIndex<string>()
  readonly #prefixes = new TermPrefixes()

  set(id: string, row: Capability): void {
    const words = rowWords(row)
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

  async search(query: string): Promise<KeywordAnswer> {
    const { asked, stems, isUnderstood } = await queryWords(query, {
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
