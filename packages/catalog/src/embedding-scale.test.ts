import { expect, test } from 'vitest'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import {
  computeCosine,
  measureEmbeddingScale,
  MIN_RELATEDNESS,
  toCosine,
  toRelatedness,
} from './embedding-scale.ts'

const never = new AbortController().signal

/**
 * A model whose texts all share one direction (weight `common`), as those of E5 do (0.8). Every second text has the direction
 * of the text before it as well, half of it.
 */
function pairModel(common: number) {
  const calls: number[] = []
  const embedder: Embedder = {
    model: 'pairs',
    dimensions: 65,
    embed: async (texts) => {
      calls.push(texts.length)
      return texts.map((_, at) => {
        const vector = new Float32Array(65)
        vector[0] = Math.sqrt(common)
        const own = 1 - common
        if (at % 2 === 0) vector[1 + at] = Math.sqrt(own)
        else {
          vector[at] = Math.sqrt(own) / 2
          vector[1 + at] = (Math.sqrt(own) * Math.sqrt(3)) / 2
        }
        return vector
      })
    },
  }
  return { embedder, calls }
}

test.each([0, 0.97])(
  'a question and its answer are related, and other texts are not, if all texts have a cosine of at least %d',
  async (common) => {
    const { embedder, calls } = pairModel(common)
    const scale = await measureEmbeddingScale(embedder, never)
    expect(scale.unrelated).toBeCloseTo(common)
    expect(scale.related).toBeCloseTo(common + (1 - common) / 2)
    expect(toRelatedness(common, scale)).toBeCloseTo(0)
    expect(toRelatedness(toCosine(MIN_RELATEDNESS, scale), scale)).toBeCloseTo(MIN_RELATEDNESS)
    // One call within the batch of every server.
    expect(calls).toHaveLength(1)
    expect(calls[0]).toBeLessThanOrEqual(32)
  },
)

test('a model that does not separate the probes has the usual scale', async () => {
  const embedder: Embedder = {
    model: 'constant',
    dimensions: 2,
    embed: async (texts) => texts.map(() => Float32Array.from([1, 0])),
  }
  expect(await measureEmbeddingScale(embedder, never)).toEqual({ unrelated: 0, related: 0.6 })
  expect(computeCosine(Float32Array.from([1, 0]), Float32Array.from([0, 1]))).toBe(0)
})
