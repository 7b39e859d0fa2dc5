import type { Usage } from '../contract/usage.ts'
import type { ObservedLimits } from '../contract/observed-limits.ts'

/** Texts per call: the default maximum of TEI. Other servers accept more. */
export const EMBED_BATCH = 32

/** Converts texts to unit vectors. Texts of similar meaning have similar vectors. */
export interface Embedder {
  /** Vectors of different models or dimensions must not be compared. */
  readonly model: string
  readonly dimensions: number
  /**
   * Returns one vector per text, in their order. Throws the reason of the signal, or an error when the model is unavailable.
   * A failed call has no side effects and may be repeated.
   */
  embed(texts: string[], signal: AbortSignal): Promise<Float32Array[]>
}

export interface EmbeddingAnswer {
  /** In the order of the texts. */
  vectors: Float32Array[]
  usage: Usage
  observed: ObservedLimits
}

/** An embedding model behind an API. */
export interface EmbeddingModel extends Omit<Embedder, 'embed'> {
  /** Timeout of one call. */
  readonly timeoutMs: number
  /** Makes one call with at most EMBED_BATCH texts. Throws ItemError, classified like model calls, or the reason of the signal. */
  ask(texts: string[], signal: AbortSignal): Promise<EmbeddingAnswer>
}
