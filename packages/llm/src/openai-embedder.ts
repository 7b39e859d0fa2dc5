import { z } from 'zod'
import { ItemError } from '@capstan/shared/errors'
import type { EmbeddingAnswer, EmbeddingModel } from '@capstan/shared/embeddings/embedder'
import { completeUsage } from '@capstan/shared/inference/complete-usage'
import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import { withCallTimeout } from './call-timeout.ts'
import { classifyCallError } from './classify-call-error.ts'
import { rejectErrorInAnswer } from './error-in-answer.ts'
import { openOpenAi } from './openai-settings.ts'
import { readRateLimits } from './rate-limit-headers.ts'
import { readUsage } from './usage/read-usage.ts'

const EMBED_TIMEOUT_MS = 20_000
/** Space for 64 vectors of 4,096 numbers with more than 20 digits. */
const EMBEDDINGS_BYTES = 32 * 1024 * 1024

export interface EmbeddingSettings {
  model: string
  dimensions: number
  /** Default: OpenAI. */
  baseUrl?: string | undefined
  /** Optional, because self-hosted servers often need no key. */
  apiKey?: string | undefined
  timeoutMs?: number | undefined
}

/** Opens an embedding model of OpenAI or of a server with a compatible /embeddings. Without retries of the SDK. */
export function openOpenAiEmbedder(settings: EmbeddingSettings): EmbeddingModel {
  const { model, dimensions, timeoutMs = EMBED_TIMEOUT_MS } = settings
  const ask = createRequester(settings, timeoutMs)
  return {
    model,
    dimensions,
    timeoutMs,
    ask: async (texts, signal) => {
      try {
        return await withCallTimeout(timeoutMs, signal, (bounded) => ask(texts, bounded))
      } catch (error) {
        signal.throwIfAborted()
        throw explainError(error, settings)
      }
    },
  }
}

const Embeddings = z.object({
  data: z.array(z.object({ index: z.int().nonnegative(), embedding: z.array(z.number()).min(1) })),
})

function createRequester(settings: EmbeddingSettings, timeoutMs: number) {
  const { model, dimensions } = settings
  const { apiKey, baseUrl } = settings
  const { client } = openOpenAi({ apiKey, baseUrl, timeoutMs, maxAnswerBytes: EMBEDDINGS_BYTES })
  const request = {
    model,
    // Some servers ignore the default of the SDK, base64. The SDK would then decode numbers as base64.
    encoding_format: 'float' as const,
    // Other models reject the parameter.
    ...(model.startsWith('text-embedding-3') ? { dimensions } : {}),
  }
  return async (input: string[], signal: AbortSignal): Promise<EmbeddingAnswer> => {
    const { data, response } = await client.embeddings
      .create({ ...request, input }, { signal })
      .withResponse()
    rejectErrorInAnswer(data, response)
    return {
      vectors: readVectors(data, input.length, settings),
      usage: completeEmbeddingUsage(data, input),
      observed: readRateLimits(response.headers, Date.now()),
    }
  }
}

/** Embeddings have no output tokens, so a total is the input. */
function completeEmbeddingUsage(sent: unknown, texts: string[]): EmbeddingAnswer['usage'] {
  const { inputTokens, totalTokens, cachedTokens } = readUsage(sent)
  const reported = { cachedTokens, outputTokens: 0, totalTokens: null, unexplainedTokens: 0 }
  const estimate = {
    inputTokens: texts.reduce((sum, text) => sum + estimateTokens(text), 0),
    outputTokens: 0,
  }
  return completeUsage({ ...reported, inputTokens: inputTokens ?? totalTokens }, estimate)
}

/** Sorts the vectors by their index and normalizes them, because not all models return unit vectors. */
function readVectors(sent: unknown, count: number, settings: EmbeddingSettings): Float32Array[] {
  const { success, data: answer } = Embeddings.safeParse(sent)
  const byIndex = new Map(answer?.data.map(({ index, embedding }) => [index, embedding]))
  const vectors = Array.from({ length: count }, (_, index) => byIndex.get(index))
  return vectors.map((vector) => {
    if (!success || !vector) throw createUnusableError('is not one vector for each text')
    if (vector.length !== settings.dimensions) {
      throw createUnusableError(
        `has vectors of ${vector.length} dimensions instead of ${settings.dimensions}`,
        `Set EMBEDDINGS_DIMENSIONS=${vector.length}, then run \`capstan reindex\`.`,
      )
    }
    const length = Math.hypot(...vector) || 1
    return Float32Array.from(vector, (value) => value / length)
  })
}

function createUnusableError(
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

/** Appends the hint to the message, because a search result has no hint. */
function explainError(error: unknown, { apiKey, model }: EmbeddingSettings): ItemError {
  const classified = classifyCallError(error, {
    name: `The embedding model ${model}`,
    keyVariable: 'EMBEDDINGS_API_KEY',
    urlVariable: 'EMBEDDINGS_URL',
    modelChoice: 'EMBEDDINGS_MODEL',
    afterChange: 'restart the API',
    secrets: apiKey === undefined ? [] : [apiKey],
  })
  const { reason, policy, message, kind, observed, isRamp, retryAfterMs, until } = classified
  const hint = HINTS[reason] ?? classified.hint ?? CHECK_ENDPOINT
  return new ItemError(reason, policy, `${message}. ${hint}`, {
    cause: error,
    kind,
    observed,
    isRamp,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(until === undefined ? {} : { until }),
  })
}

const CHECK_ENDPOINT = 'Check EMBEDDINGS_URL and the network between the API and it.'

/** Hints that differ from those of a scan. */
const HINTS: Partial<Record<ItemError['reason'], string>> = {
  timeout: CHECK_ENDPOINT,
  quota_exhausted: 'Increase the limit of its account. Embedding then continues without a restart.',
  rate_limited: 'Embedding continues without intervention.',
}
