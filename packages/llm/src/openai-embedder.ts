import { z } from 'zod'
import { ItemError } from '@capstan/shared/errors'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import { withDeadline } from './call-deadline.ts'
import { classifyError } from './classify-error.ts'
import { openOpenAi } from './openai-settings.ts'

/** What TEI takes in one request unless told otherwise; every other server takes more. */
export const EMBED_BATCH = 32
const EMBED_TIMEOUT_MS = 20_000
/** A refused key or a used-up quota does not mend itself in seconds. */
const REFUSED_PAUSE_MS = 30_000

export interface EmbeddingSettings {
  model: string
  dimensions: number
  /** Default: OpenAI itself. */
  baseUrl?: string | undefined
  /** A server of one's own often needs none. */
  apiKey?: string | undefined
  timeoutMs?: number | undefined
}

/**
 * Embeddings of OpenAI or of any server that speaks its /embeddings. Errors are ItemErrors, classified like those of
 * calls; after one that asks to wait, or that no repetition mends, nothing is sent until that time is over.
 */
export function openAiEmbedder(settings: EmbeddingSettings): Embedder {
  const ask = asker(settings)
  let closed: { untilMs: number; error: ItemError } | undefined
  const embedBatch = async (texts: string[], signal: AbortSignal): Promise<Float32Array[]> => {
    if (closed && performance.now() < closed.untilMs) throw closed.error
    try {
      return await ask(texts, signal)
    } catch (error) {
      signal.throwIfAborted()
      const told = explain(error, settings)
      const pauseMs = told.retryAfterMs ?? (told.policy === 'pause-scan' ? REFUSED_PAUSE_MS : 0)
      closed = { untilMs: performance.now() + pauseMs, error: told }
      throw told
    }
  }
  return {
    model: settings.model,
    dimensions: settings.dimensions,
    embed: async (texts, signal) => {
      const vectors: Float32Array[] = []
      for (let start = 0; start < texts.length; start += EMBED_BATCH) {
        vectors.push(...(await embedBatch(texts.slice(start, start + EMBED_BATCH), signal)))
      }
      return vectors
    },
  }
}

const Embeddings = z.object({
  data: z.array(z.object({ index: z.int().nonnegative(), embedding: z.array(z.number()).min(1) })),
})

function asker(settings: EmbeddingSettings) {
  const { model, dimensions, timeoutMs = EMBED_TIMEOUT_MS } = settings
  // The SDK wants a key even where the server wants none.
  const { client } = openOpenAi({
    apiKey: settings.apiKey ?? 'none',
    baseUrl: settings.baseUrl,
    timeoutMs,
  })
  const request = {
    model,
    // The SDK's default, base64, is not understood everywhere; then it would decode numbers as text.
    encoding_format: 'float' as const,
    // Models that cannot shorten their vectors refuse to be told a length.
    ...(model.startsWith('text-embedding-3') ? { dimensions } : {}),
  }
  return (input: string[], signal: AbortSignal): Promise<Float32Array[]> =>
    withDeadline(timeoutMs, signal, async (both) => {
      const sent: unknown = await client.embeddings.create({ ...request, input }, { signal: both })
      return vectorsOf(sent, input.length, settings)
    })
}

/** In the order of the texts, whatever order they came in; length 1, which not every model takes care of. */
function vectorsOf(sent: unknown, count: number, settings: EmbeddingSettings): Float32Array[] {
  const { success, data: answer } = Embeddings.safeParse(sent)
  const byIndex = new Map(answer?.data.map(({ index, embedding }) => [index, embedding]))
  const vectors = Array.from({ length: count }, (_, index) => byIndex.get(index))
  return vectors.map((vector) => {
    if (!success || !vector) throw unusable('is not one vector for each text')
    if (vector.length !== settings.dimensions) {
      throw unusable(
        `has vectors of ${vector.length} numbers, and ${settings.dimensions} are expected`,
        `Set EMBEDDINGS_DIMENSIONS=${vector.length}, then run \`capstan reindex\`.`,
      )
    }
    const length = Math.hypot(...vector) || 1
    return Float32Array.from(vector, (value) => value / length)
  })
}

function unusable(
  what: string,
  hint = 'Check that EMBEDDINGS_URL is an OpenAI-compatible API.',
): ItemError {
  return new ItemError(
    'provider_error',
    'pause-scan',
    `The answer of the embedding model ${what}`,
    {
      hint,
    },
  )
}

/** The classifier's hints are for scans; whoever reads of a search has other settings to look at. */
function explain(error: unknown, { apiKey, model }: EmbeddingSettings): ItemError {
  const endpoint = {
    name: `The embedding model ${model}`,
    keyVariable: 'EMBEDDINGS_API_KEY',
    secrets: apiKey === undefined ? [] : [apiKey],
  }
  const classified = classifyError(error, endpoint)
  const hint = error instanceof ItemError && error.reason !== 'timeout' ? error.hint : undefined
  return new ItemError(
    classified.reason,
    classified.policy,
    `${classified.message}. ${hint ?? HINTS[classified.reason] ?? CHECK_ENDPOINT}`,
    {
      cause: error,
      ...(classified.retryAfterMs === undefined ? {} : { retryAfterMs: classified.retryAfterMs }),
    },
  )
}

const CHECK_ENDPOINT = 'Check EMBEDDINGS_URL and the network between the API and it.'

const HINTS: Partial<Record<ItemError['reason'], string>> = {
  provider_auth: 'Check EMBEDDINGS_API_KEY of the API and restart it.',
  provider_not_configured: 'Set EMBEDDINGS_MODEL to a model that this server has.',
  quota_exhausted: 'Raise the limit of its account; the copying goes on by itself.',
  rate_limited: 'The copying goes on by itself.',
}
