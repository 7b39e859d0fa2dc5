import type { Usage } from '../contract/capability.ts'
import type { ObservedLimits } from '../contract/observed-limits.ts'

/** Texts in one call: what TEI takes in one request unless told otherwise; every other server takes more. */
export const EMBED_BATCH = 32

/** Turns texts into vectors of length 1 that lie near each other when the texts mean the same. */
export interface Embedder {
  /** Vectors of different models, or of different dimensions, must never be compared. */
  readonly model: string
  readonly dimensions: number
  /**
   * One vector a text, in order. Throws the signal's reason when it fires, and
   * an error when the model cannot be asked now; both leave nothing behind, so it may be called again.
   */
  embed(texts: string[], signal: AbortSignal): Promise<Float32Array[]>
}

export interface EmbeddingAnswer {
  /** In the order of the texts. */
  vectors: Float32Array[]
  usage: Usage
  observed: ObservedLimits
}

/** A model behind an API, one call at a time. */
export interface EmbeddingModel extends Omit<Embedder, 'embed'> {
  /** Longest one call may take. */
  readonly timeoutMs: number
  /** One call with at most EMBED_BATCH texts. Throws ItemError, classified like those of model calls, or the signal's reason. */
  ask(texts: string[], signal: AbortSignal): Promise<EmbeddingAnswer>
}
