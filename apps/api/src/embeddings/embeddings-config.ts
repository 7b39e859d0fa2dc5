import { z } from 'zod'
import { LimitsText } from '@capstan/limits/limiter/limits-text'

/** Settings of the embedding model of the search. The API holds this key, and never a key of a model for scans. */
export const EmbeddingsConfig = {
  EMBEDDINGS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .optional()
    .describe(
      'Base URL of an OpenAI-compatible embeddings API, including /v1. Default: OpenAI if EMBEDDINGS_API_KEY is set.',
    ),
  EMBEDDINGS_API_KEY: z.string().optional().meta({
    description:
      'API key for embeddings. Without a key or URL, search uses only built-in features.',
    secret: true,
  }),
  EMBEDDINGS_MODEL: z
    .string()
    .min(1)
    .max(200)
    .default('text-embedding-3-small')
    .describe('Embedding model. Run `capstan reindex` after a change.'),
  EMBEDDINGS_DIMENSIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(8_192)
    .default(1_536)
    .describe('Dimensions of the embedding vectors. Run `capstan reindex` after a change.'),
  EMBEDDINGS_LIMITS: LimitsText.default('').describe(
    'Limits of the embeddings key per minute, such as rpm=3000,tpm=1000000. concurrency=N limits calls in flight. Unset limits are learned from responses.',
  ),
}

/** Rejects settings without effect, because they would mislead about the search. */
export function checkEmbeddings(given: Record<string, string | undefined>): string[] {
  const { EMBEDDINGS_URL, EMBEDDINGS_API_KEY } = given
  if ((EMBEDDINGS_URL ?? EMBEDDINGS_API_KEY) !== undefined) return []
  const idle = ['EMBEDDINGS_MODEL', 'EMBEDDINGS_DIMENSIONS', 'EMBEDDINGS_LIMITS'].filter(
    (name) => given[name] !== undefined,
  )
  if (idle.length === 0) return []
  return [`${idle.join(', ')}: has no effect without EMBEDDINGS_URL or EMBEDDINGS_API_KEY`]
}
