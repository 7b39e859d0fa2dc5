import type { Redis } from 'ioredis'
import type { Catalog } from '@capstan/catalog/catalog'
import { EmbeddingIndex } from '@capstan/catalog/in-process/embedding-index'
import { openQdrantCatalog } from '@capstan/catalog/qdrant/qdrant-catalog'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import type { RedisKeys } from '@capstan/redis/keys'
import type { Log } from '@capstan/shared/log'
import type { ApiConfig } from '../config.ts'
import { openEmbedders } from '../embeddings/open-embedders.ts'

/**
 * Opens the catalog, with Qdrant if it is configured. Reads all rows once, so that the first search need not wait for
 * them.
 */
export async function openCatalog(
  config: ApiConfig,
  log: Log,
  redis: Redis,
  keys: RedisKeys,
): Promise<Catalog> {
  const { QDRANT_URL: url, QDRANT_API_KEY: apiKey, CAPSTAN_QDRANT_COLLECTION: collection } = config
  const embedders = await openEmbedders(config, redis, keys, log)
  const { rows: embedder, queries } = embedders ?? {}
  const inQdrant =
    url === undefined
      ? undefined
      : openQdrantCatalog(redis, keys, {
          url,
          apiKey,
          collection,
          embedder,
          queryEmbedder: queries,
        })
  inQdrant?.start()
  const semanticIndex = embedders && new EmbeddingIndex(redis, keys, embedders)
  const catalog = inQdrant ?? openRedisCatalog(redis, keys, { semanticIndex })
  catalog.count({}).catch(() => undefined) // the first read reports the error
  return catalog
}
