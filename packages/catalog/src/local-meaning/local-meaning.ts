import type { Capability } from '@capstan/shared/contract/capability'
import type { ReindexProgress } from '../catalog.ts'
import type { Meaning, Renewed } from '../in-process/meaning.ts'
import { lengthOf, rowFeatures } from './row-features.ts'
import { textFeatures } from './text-features.ts'

/** How much rare words count more than frequent ones. */
const RARITY = 1.5
/** Below this what a query and a row share is chance. */
const LEAST = 0.1

/**
 * Search by meaning without a model, a key or a download: words, parts of words and a lexicon of what people call
 * things around Kubernetes, the rare ones first. It bridges typing errors, forms of words and the lexicon's
 * synonyms; it understands nothing. Deterministic.
 */
export class LocalMeaning implements Meaning {
  readonly waiting = 0
  readonly #rows = new Map<string, Map<number, number>>()
  /** Feature -> the rows that have it, with its weight there. */
  readonly #postings = new Map<number, Map<string, number>>()

  set(id: string, row: Capability): void {
    this.delete(id)
    const features = rowFeatures(row)
    this.#rows.set(id, features)
    for (const [feature, weight] of features) {
      const posting = this.#postings.get(feature)
      if (posting) posting.set(id, weight)
      else this.#postings.set(feature, new Map([[id, weight]]))
    }
  }

  delete(id: string): void {
    for (const feature of this.#rows.get(id)?.keys() ?? []) {
      const posting = this.#postings.get(feature)
      posting?.delete(id)
      if (posting?.size === 0) this.#postings.delete(feature)
    }
    this.#rows.delete(id)
  }

  clear(): void {
    this.#rows.clear()
    this.#postings.clear()
  }

  async fill(): Promise<void> {}

  /** It is made of the rows at every start; there is nothing else to make. */
  async renew(onProgress: ReindexProgress): Promise<Renewed> {
    onProgress(this.#rows.size, this.#rows.size)
    return { store: 'memory', previous: null }
  }

  close(): void {}

  async search(query: string): Promise<Map<string, number>> {
    const features = textFeatures(query, (feature) => this.#rarity(feature))
    const length = lengthOf(features)
    const scores = new Map<string, number>()
    for (const [feature, weight] of features) {
      for (const [id, there] of this.#postings.get(feature) ?? []) {
        scores.set(id, (scores.get(id) ?? 0) + (weight * there) / length)
      }
    }
    for (const [id, score] of scores) if (score < LEAST) scores.delete(id)
    return scores
  }

  /** 1 for what no row or one row has, near 0 for what all have. */
  #rarity(feature: number): number {
    const count = this.#postings.get(feature)?.size ?? 0
    if (count === 0) return 1
    const all = this.#rows.size
    return (Math.log(1 + all / count) / Math.log(1 + all)) ** RARITY
  }
}
