import { ItemError } from '@capstan/shared/errors'
import { EMBED_BATCH } from '@capstan/shared/embeddings/embedder'

/** One call with at most EMBED_BATCH texts. */
export type EmbedBatch = (texts: string[], signal: AbortSignal) => Promise<Float32Array[]>

/** A shorter text describes too little of a type. */
const MIN_CHARACTERS = 400

interface Pieces {
  vectors: Float32Array[]
  /** Texts of the largest call that succeeded. */
  largest: number
  isShortened: boolean
}

/**
 * Embeds any number of texts in batches. Servers differ in the texts and tokens that they accept, and a small one needs
 * long for a batch: a batch that is refused as invalid or too large, or that times out, is repeated in halves. A single text
 * that is too long for the model is shortened. Later batches have the size that was accepted.
 */
export function createBatchEmbedder(embedBatch: EmbedBatch): EmbedBatch {
  let size = EMBED_BATCH
  const embedPiece: (texts: string[], signal: AbortSignal) => Promise<Pieces> = async (
    texts,
    signal,
  ) => {
    try {
      const vectors = await embedBatch(texts, signal)
      return { vectors, largest: texts.length, isShortened: false }
    } catch (error) {
      if (!isSizeFault(error)) throw error
      const [only = ''] = texts
      if (texts.length > 1) {
        const half = Math.ceil(texts.length / 2)
        const first = await embedPiece(texts.slice(0, half), signal)
        const second = await embedPiece(texts.slice(half), signal)
        return mergePieces(first, second)
      }
      if (error.reason !== 'context_too_long' || only.length <= MIN_CHARACTERS) throw error
      const shorter = only.slice(0, Math.max(MIN_CHARACTERS, only.length / 2))
      return { ...(await embedPiece([shorter], signal)), isShortened: true }
    }
  }
  return async (texts, signal) => {
    const vectors: Float32Array[] = []
    while (vectors.length < texts.length) {
      const batch = texts.slice(vectors.length, vectors.length + size)
      const pieces = await embedPiece(batch, signal)
      // A text that was too long does not show that the batch was.
      const isSplit = pieces.largest < batch.length
      if (isSplit && !pieces.isShortened) size = pieces.largest
      vectors.push(...pieces.vectors)
    }
    return vectors
  }
}

function mergePieces(first: Pieces, second: Pieces): Pieces {
  return {
    vectors: [...first.vectors, ...second.vectors],
    largest: Math.max(first.largest, second.largest),
    isShortened: first.isShortened || second.isShortened,
  }
}

function isSizeFault(error: unknown): error is ItemError {
  if (!(error instanceof ItemError)) return false
  return error.policy === 'fail' || error.reason === 'timeout'
}
