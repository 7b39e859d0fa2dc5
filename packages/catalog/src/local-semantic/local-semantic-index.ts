import type { Capability } from '@capstan/shared/contract/capability'
import type { ReindexProgress } from '../catalog.ts'
import { InvertedIndex, type QueryPart, type ScoreOptions } from '../in-process/inverted-index.ts'
import type { ScoredId } from '../in-process/select-best.ts'
import type { RebuildResult, SemanticIndex, SemanticQuery } from '../in-process/semantic-index.ts'
import type { Lexicon } from '../lexicon.ts'
import { FeatureExtractor } from './feature-extractor.ts'

/** Exponent of rarity: a larger one favours rare words more. */
const RARITY_EXPONENT = 1.5
/** Lower similarities are chance. */
const MIN_SIMILARITY = 0.1

/**
 * Semantic index without a model, an API key or a download. It compares words, parts of words and thesaurus concepts,
 * weighted by rarity. It finds word forms, misspellings and known synonyms, nothing else. Deterministic.
 */
export class LocalSemanticIndex implements SemanticIndex {
  readonly pending = 0
  readonly #rows = new InvertedIndex<number>()
  readonly #features: FeatureExtractor

  constructor(lexicon: Lexicon) {
    this.#features = new FeatureExtractor(lexicon)
  }

  set(id: string, row: Capability): void {
    this.#rows.set(id, this.#features.extractRow(row))
  }

  delete(id: string): void {
    this.#rows.delete(id)
  }

  clear(): void {
    this.#rows.clear()
  }

  async processPending(): Promise<void> {}

  /** Nothing to build: the index holds what `set` extracts. */
  async rebuild(onProgress: ReindexProgress): Promise<RebuildResult> {
    onProgress(this.#rows.size, this.#rows.size)
    return { store: 'memory', previous: null }
  }

  close(): void {}

  async search({ stems }: SemanticQuery, options: ScoreOptions): Promise<ScoredId[]> {
    const features = this.#features.extractQuery(stems, (feature) => this.#rarity(feature))
    const terms = [...features].map((entry) => new Map([entry]))
    const parts = this.#features.extractParts(stems).map((all) => this.#weighPart(all))
    return this.#rows.score(terms, options, parts).filter(([, score]) => score >= MIN_SIMILARITY)
  }

  /** A part weighs as much as its rarest feature. Features that no row has weigh nothing. */
  #weighPart(all: number[]): QueryPart<number> {
    const features = all.filter((feature) => this.#rows.countRows(feature) > 0)
    const rarities = features.map((feature) => this.#rarity(feature))
    return { features, weight: Math.max(0, ...rarities) }
  }

  /** 1 for a feature of at most one row, near 0 for a feature of all rows. */
  #rarity(feature: number): number {
    const count = this.#rows.countRows(feature)
    if (count === 0) return 1
    const all = this.#rows.size
    return (Math.log(1 + all / count) / Math.log(1 + all)) ** RARITY_EXPONENT
  }
}
