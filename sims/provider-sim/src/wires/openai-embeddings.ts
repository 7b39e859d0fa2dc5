import { createHash } from 'node:crypto'
import { z } from 'zod'
import { openAi } from './openai.ts'
import type { WireFormat } from './wire.ts'

const EmbeddingsRequest = z.object({
  model: z.string().min(1),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)]),
  dimensions: z.int().min(1).max(3072).nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
})

/** OpenAI embeddings. The SDK requests base64 by default. */
export const openAiEmbeddings: WireFormat = {
  path: '/v1/embeddings',
  vendor: openAi,
  read: (body) => {
    const { model, input, dimensions, encoding_format } = EmbeddingsRequest.parse(body)
    const texts = typeof input === 'string' ? [input] : input
    return {
      system: '',
      user: texts.join('\n'),
      model,
      maxTokens: 0,
      stream: false,
      cacheable: undefined,
      schema: undefined,
      embed: {
        texts,
        dimensions: dimensions ?? (model.includes('large') ? 3072 : 1536),
        base64: encoding_format === 'base64',
      },
    }
  },
  answer: (modelAnswer, { embed }) => ({
    object: 'list',
    model: modelAnswer.model,
    data: (embed?.texts ?? []).map((text, index) => {
      const vector = hashVector(text, embed?.dimensions ?? 0)
      return {
        object: 'embedding',
        index,
        embedding: embed?.base64
          ? Buffer.from(vector.buffer).toString('base64')
          : Array.from(vector),
      }
    }),
    usage: { prompt_tokens: modelAnswer.inputTokens, total_tokens: modelAnswer.inputTokens },
  }),
}

/** A vector of length 1. Common words make vectors similar: each word adds to a few of its dimensions. */
function hashVector(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [text]
  for (const word of words) {
    const digest = createHash('sha256').update(word).digest()
    for (let at = 0; at < digest.length; at += 4) {
      const place = digest.readUInt32BE(at)
      const index = place % dimensions
      vector[index] = (vector[index] ?? 0) + (place & 0x8000_0000 ? -1 : 1)
    }
  }
  const length = Math.hypot(...vector) || 1
  return vector.map((value) => value / length)
}
