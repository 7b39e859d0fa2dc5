import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { EMBED_BATCH, type Embedder } from '@capstan/shared/embeddings/embedder'
import type { RedisKeys } from '@capstan/redis/keys'

/** Covers a reindex, a restart and other clusters with the same types. A vector is a few KB. */
const TTL_SECONDS = 7 * 86_400

/** Caches vectors in Redis by model, dimensions and a hash of the text. Rejects when the embedder or Redis fails. */
export function cacheEmbeddings(redis: Redis, keys: RedisKeys, embedder: Embedder): Embedder {
  const { model, dimensions } = embedder
  const toKey = (text: string): string => {
    const hash = createHash('sha256').update(JSON.stringify([model, dimensions, text]))
    return keys.embedding(hash.digest('base64url'))
  }
  const read = async (texts: string[]): Promise<(Float32Array | undefined)[]> => {
    if (texts.length === 0) return []
    const found = await redis.mgetBuffer(...texts.map(toKey))
    return found.map((bytes) => (bytes ? readVector(bytes, dimensions) : undefined))
  }
  const write = async (texts: string[], vectors: Float32Array[]): Promise<void> => {
    const pipeline = redis.pipeline()
    vectors.forEach((vector, index) => {
      const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)
      pipeline.setex(toKey(texts[index] ?? ''), TTL_SECONDS, bytes)
    })
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
  }
  return {
    model,
    dimensions,
    embed: async (texts, signal) => {
      const cached = await read(texts)
      const missing = [...new Set(texts.filter((_, index) => !cached[index]))]
      if (missing.length === 0) return cached.filter((vector) => vector !== undefined)
      const byText = new Map<string, Float32Array | undefined>()
      for (let start = 0; start < missing.length; start += EMBED_BATCH) {
        const batch = missing.slice(start, start + EMBED_BATCH)
        const embedded = await embedder.embed(batch, signal)
        // Stored after each call, so that a failure of the next one does not lose paid vectors.
        await write(batch, embedded)
        for (const [index, text] of batch.entries()) byText.set(text, embedded[index])
      }
      return texts.map((text, index) => {
        const vector = cached[index] ?? byText.get(text)
        if (!vector) throw new Error(`The embedding model ${model} left out a text`)
        return vector
      })
    },
  }
}

/** Undefined for bytes that are not a vector of this length: the text is embedded again then. */
function readVector(bytes: Buffer, dimensions: number): Float32Array | undefined {
  if (bytes.length !== dimensions * Float32Array.BYTES_PER_ELEMENT) return undefined
  // Copied, because the buffer of a Float32Array must be aligned to four bytes.
  return new Float32Array(Uint8Array.from(bytes).buffer)
}
