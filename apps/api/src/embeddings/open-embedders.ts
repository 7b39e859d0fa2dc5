import type { Redis } from 'ioredis'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import { limitEmbedder } from '@capstan/limits/admission/limit-embedder'
import { openAdmission } from '@capstan/limits/admission/admission'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { parseLimits } from '@capstan/limits/limiter/parse-limits'
import { configureOnce } from '@capstan/limits/limiter/configure-once'
import type { ConfiguredLimits } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import type { RedisKeys } from '@capstan/redis/keys'
import type { ApiConfig } from '../config.ts'

/** One embedding model with two max waits. */
export interface Embedders {
  /** Embeds rows in the background, with a long max wait. */
  rows: Embedder
  /** Embeds queries of waiting people: a keyword search now is better than a semantic search later. */
  queries: Embedder
}

const ROWS = { maxWaitMs: 15_000, tries: 4 }
const QUERIES = { maxWaitMs: 1_000, tries: 2 }
/** Maximum calls in flight: headers rarely state a concurrency limit. */
const MAX_IN_FLIGHT = 16

type Settings = Pick<
  ApiConfig,
  | 'EMBEDDINGS_URL'
  | 'EMBEDDINGS_API_KEY'
  | 'EMBEDDINGS_MODEL'
  | 'EMBEDDINGS_DIMENSIONS'
  | 'EMBEDDINGS_LIMITS'
>

/**
 * Opens the embedders; undefined without embeddings. All API processes share the limits of the key. The SDKs are half
 * of the CPU time of a start, so only an API with embeddings loads them.
 */
export async function openEmbedders(
  config: Settings,
  redis: Redis,
  keys: RedisKeys,
  log: Log,
): Promise<Embedders | undefined> {
  const { EMBEDDINGS_URL: baseUrl, EMBEDDINGS_API_KEY: apiKey } = config
  if (baseUrl === undefined && apiKey === undefined) return undefined
  const { EMBEDDINGS_MODEL: name, EMBEDDINGS_DIMENSIONS: dimensions } = config
  const { openOpenAiEmbedder } = await import('@capstan/llm/openai-embedder')
  const model = openOpenAiEmbedder({ baseUrl, apiKey, model: name, dimensions })
  const limits = readLimits(config.EMBEDDINGS_LIMITS)
  const limiter = openLimiter({ redis, keys, limitsFor: () => limits })
  const admission = openAdmission(
    configureOnce(limiter, () => limits),
    {
      onBreaker: (_, { to, forMs }) =>
        log.warn(
          { model: name, to, forMs },
          'the circuit breaker of the embedding model changed state',
        ),
    },
  )
  return {
    rows: limitEmbedder(model, admission, ROWS),
    queries: limitEmbedder(model, admission, QUERIES),
  }
}

/** Returns the embedding model; undefined without embeddings. */
export function describeEmbeddings(
  config: Settings,
): { model: string; dimensions: number } | undefined {
  const { EMBEDDINGS_MODEL: model, EMBEDDINGS_DIMENSIONS: dimensions } = config
  const isConfigured =
    config.EMBEDDINGS_URL !== undefined || config.EMBEDDINGS_API_KEY !== undefined
  return isConfigured ? { model, dimensions } : undefined
}

function readLimits(text: string): ConfiguredLimits {
  const { perMinute, concurrency: max = MAX_IN_FLIGHT } = parseLimits(text)
  return { perMinute, cachedTokensCount: true, concurrency: { start: max, max } }
}
