import { stemWord } from './stem-word.ts'
import { tokenize } from './tokenize.ts'

/** Queries can contain any number of new words, so the cache is bounded. */
const MAX_CACHED = 50_000

/** Stems words and caches the results: a catalog has few different words, and each row repeats them. */
export class Stemmer {
  readonly #stems = new Map<string, string>()

  /** Stems of the words of a text, in order. */
  stemText(text: string): string[] {
    return tokenize(text).map((word) => this.stemWord(word))
  }

  stemWord(word: string): string {
    const cached = this.#stems.get(word)
    if (cached !== undefined) return cached
    const stem = stemWord(word)
    if (this.#stems.size < MAX_CACHED) this.#stems.set(word, stem)
    return stem
  }
}
