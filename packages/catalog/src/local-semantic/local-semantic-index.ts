import type { Capability } from '@capstan/shared/contract/capability'
import type { ReindexProgress } from '../catalog.ts'
import type { ScoredId } from '../in-process/select-best.ts'
import type { SemanticIndex, SemanticQuery, RebuildResult } from '../in-process/semantic-index.ts'
import { InvertedIndex, type ScoreOptions, type QueryPart } from '../in-process/inverted-index.ts'
import { extractQueryFeatures, extractQueryParts, extractRowFeatures } from './extract-features.ts'

/** How much rare words count more than frequent ones. */
const RARITY = 1.5
/** Below this what a query and a row share is chance. */
const LEAST = 0.1

/**
 * Search by meaning without a model, a key or a download: words, parts of words and a thesaurus of what people call
 * things around Kubernetes, the rare ones first. It bridges forms of words and the synonyms of the thesaurus; it
 * understands nothing. Deterministic.
 */
export class LocalSemanticIndex implements SemanticIndex {
  readonly waiting = 0
  readonly #rows = new InvertedIndex<number>()

  set(id: string, row: Capability): void {
    this.#rows.set(id, extractRowFeatures(row))
  }

  delete(id: string): void {
    this.#rows.delete(id)
  }

  clear(): void {
    this.#rows.clear()
  }

  async fill(): Promise<void> {}

  /** It is made of the rows at every start; there is nothing else to make. */
  async renew(onProgress: ReindexProgress): Promise<RebuildResult> {
    onProgress(this.#rows.size, this.#rows.size)
    return { store: 'memory', previous: null }
  }

  close(): void {}

  async search({ stems }: SemanticQuery, narrowing: ScoreOptions): Promise<ScoredId[]> {
    const features = extractQueryFeatures(stems, (feature) => this.#rarity(feature))
    const asked = [...features].map((entry) => new Map([entry]))
    const parts = extractQueryParts(stems).map((all) => this.#partOf(all))
    return this.#rows.score(asked, narrowing, parts).filter(([, score]) => score >= LEAST)
  }

  /** As rare as the rarest of what says it; a word that no row says is asked of none. */
  #partOf(all: number[]): QueryPart<number> {
    const features = all.filter((feature) => this.#rows.rowsWith(feature) > 0)
    const rarities = features.map((feature) => this.#rarity(feature))
    return { features, weight: Math.max(0, ...rarities) }
  }

  /** 1 for what no row or one row has, near 0 for what all have. */
  #rarity(feature: number): number {
    const count = this.#rows.rowsWith(feature)
    if (count === 0) return 1
    const all = this.#rows.size
    return (Math.log(1 + all / count) / Math.log(1 + all)) ** RARITY
  }
}
