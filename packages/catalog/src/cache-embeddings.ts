import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { EMBED_BATCH, type Embedder } from '@capstan/shared/embeddings/embedder'
import type { RedisKeys } from '@capstan/redis/keys'

/** Long enough for a reindex, a restart and the same types of another cluster; a vector is a few KB. */
const KEEP_SECONDS = 7 * 86_400

/** Asks only for what was not embedded lately. Texts are kept as a hash alone. Rejects like the embedder, or with Redis. */
export function cacheEmbeddings(redis: Redis, keys: RedisKeys, embedder: Embedder): Embedder {
  const { model, dimensions } = embedder
  const keyOf = (text: string): string => {
    const hash = createHash('sha256').update(JSON.stringify([model, dimensions, text]))
    return keys.embedding(hash.digest('base64url'))
  }
  const read = async (texts: string[]): Promise<(Float32Array | undefined)[]> => {
    if (texts.length === 0) return []
    const found = await redis.mgetBuffer(...texts.map(keyOf))
    return found.map((bytes) => (bytes ? readVector(bytes, dimensions) : undefined))
  }
  const write = async (texts: string[], vectors: Float32Array[]): Promise<void> => {
    const pipeline = redis.pipeline()
    vectors.forEach((vector, index) => {
      const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)
      pipeline.setex(keyOf(texts[index] ?? ''), KEEP_SECONDS, bytes)
    })
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
  }
  return {
    model,
    dimensions,
    embed: async (texts, signal) => {
      const kept = await read(texts)
      const missing = [...new Set(texts.filter((_, index) => !kept[index]))]
      if (missing.length === 0) return kept.filter((vector) => vector !== undefined)
      const byText = new Map<string, Float32Array | undefined>()
      for (let start = 0; start < missing.length; start += EMBED_BATCH) {
        const batch = missing.slice(start, start + EMBED_BATCH)
        const made = await embedder.embed(batch, signal)
        // After each call, so that a fault of the next one does not lose what is paid for.
        await write(batch, made)
        for (const [index, text] of batch.entries()) byText.set(text, made[index])
      }
      return texts.map((text, index) => {
        const vector = kept[index] ?? byText.get(text)
        if (!vector) throw new Error(`The embedding model ${model} left out a text`)
        return vector
      })
    },
  }
}

/** Undefined for bytes that are not a vector of this length: then it is made anew. */
function readVector(bytes: Buffer, dimensions: number): Float32Array | undefined {
  if (bytes.length !== dimensions * Float32Array.BYTES_PER_ELEMENT) return undefined
  // Copied, because a vector must begin at a multiple of four.
  return new Float32Array(Uint8Array.from(bytes).buffer)
}
