import { z } from 'zod'
import { openAiEmbedder } from '@capstan/llm/openai-embedder'
import type { Embedder } from '@capstan/shared/embeddings/embedder'

/** Settings of the model that makes vectors for Qdrant. The API holds this key and never one of a model that scans use. */
export const EmbeddingsConfig = {
  EMBEDDINGS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .optional()
    .describe(
      'Base URL of an OpenAI-compatible API for embeddings, with its /v1. Default: OpenAI, when EMBEDDINGS_API_KEY is set.',
    ),
  EMBEDDINGS_API_KEY: z.string().optional().meta({
    description:
      'Key for embeddings. Without key and URL none are made: searches go by built-in features.',
    secret: true,
  }),
  EMBEDDINGS_MODEL: z
    .string()
    .min(1)
    .max(200)
    .default('text-embedding-3-small')
    .describe('Embedding model. After a change: `capstan reindex`.'),
  EMBEDDINGS_DIMENSIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(8_192)
    .default(1_536)
    .describe('Length of its vectors. After a change: `capstan reindex`.'),
}

const Settings = z.object(EmbeddingsConfig)

/** Undefined: no embeddings were asked for. */
export function openEmbedder(config: z.infer<typeof Settings>): Embedder | undefined {
  const { EMBEDDINGS_URL: baseUrl, EMBEDDINGS_API_KEY: apiKey } = config
  if (baseUrl === undefined && apiKey === undefined) return undefined
  const { EMBEDDINGS_MODEL: model, EMBEDDINGS_DIMENSIONS: dimensions } = config
  return openAiEmbedder({ baseUrl, apiKey, model, dimensions })
}

/** A setting without effect would be a wrong belief about the searches. */
export function checkEmbeddings(given: Record<string, string | undefined>): string[] {
  const {
    QDRANT_URL,
    EMBEDDINGS_URL,
    EMBEDDINGS_API_KEY,
    EMBEDDINGS_MODEL,
    EMBEDDINGS_DIMENSIONS,
  } = given
  const source = EMBEDDINGS_URL ?? EMBEDDINGS_API_KEY
  const named = EMBEDDINGS_URL === undefined ? 'EMBEDDINGS_API_KEY' : 'EMBEDDINGS_URL'
  if (source !== undefined && QDRANT_URL === undefined) {
    return [`${named}: embeddings are searched in Qdrant, so QDRANT_URL must be set as well`]
  }
  if (source !== undefined || (EMBEDDINGS_MODEL ?? EMBEDDINGS_DIMENSIONS) === undefined) return []
  return [
    'EMBEDDINGS_MODEL, EMBEDDINGS_DIMENSIONS: no embeddings without EMBEDDINGS_URL or EMBEDDINGS_API_KEY',
  ]
}
