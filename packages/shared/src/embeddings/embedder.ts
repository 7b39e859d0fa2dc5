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
