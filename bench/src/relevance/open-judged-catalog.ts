import { Redis } from 'ioredis'
import type { Catalog } from '@capstan/catalog/catalog'
import { EmbeddingIndex } from '@capstan/catalog/in-process/embedding-index'
import { createLexicon, type Lexicon } from '@capstan/catalog/lexicon'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { openOpenAiEmbedder } from '@capstan/llm/openai-embedder'
import { createRedisKeys } from '@capstan/redis/keys'
import type { Capability } from '@capstan/shared/contract/capability'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import type { BenchEmbeddings, Lab } from '../scenario.ts'
import { deletePrefix } from '../stack/delete-prefix.ts'

const PREFIX = '{capstan-bench-relevance}'

interface JudgedCatalogOptions {
  lexicon?: Lexicon
  /** Default: no model. */
  embeddings?: BenchEmbeddings | undefined
}

export interface OpenedCatalog {
  catalog: Catalog
  /** The semantic index of the catalog, if a model is used. */
  embeddingIndex: EmbeddingIndex | undefined
}

/** A catalog with these rows, in the Redis of the lab. Its rows are embedded when it is returned. `stack` closes it. */
export async function openJudgedCatalog(
  stack: AsyncDisposableStack,
  lab: Lab,
  rows: Capability[],
  { lexicon = createLexicon(), embeddings }: JudgedCatalogOptions = {},
): Promise<OpenedCatalog> {
  const redis = stack.adopt(new Redis(lab.redisUrl), (open) => open.disconnect())
  stack.defer(() => deletePrefix(lab.redisUrl, PREFIX))
  const keys = createRedisKeys(PREFIX)
  const embedder = embeddings && openEmbedder(embeddings)
  const embeddingIndex =
    embedder && new EmbeddingIndex(redis, keys, { rows: embedder, queries: embedder })
  const catalog = stack.adopt(
    openRedisCatalog(redis, keys, { lexicon, semanticIndex: embeddingIndex }),
    (open) => open.close(),
  )
  await catalog.put(rows)
  await catalog.reindex(() => undefined, lab.signal)
  return { catalog, embeddingIndex }
}

/** Without limits: the server belongs to the person who measures. */
function openEmbedder({ model, dimensions, url }: BenchEmbeddings): Embedder {
  const opened = openOpenAiEmbedder({ model, dimensions, baseUrl: url })
  return {
    model,
    dimensions,
    embed: async (texts, signal) => (await opened.ask(texts, signal)).vectors,
  }
}
