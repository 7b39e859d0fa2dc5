import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { sleep } from '@capstan/shared/async/sleep'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import { cacheEmbeddings } from '../cache-embeddings.ts'
import type {
  CapabilityFilter,
  CapabilityHit,
  CapabilitySearchOptions,
  Catalog,
  SearchResult,
} from '../catalog.ts'
import { countFacets } from '../count-facets.ts'
import { findMatchedFields } from '../find-matched-fields.ts'
import { createLexicon, type Lexicon } from '../lexicon.ts'
import { openRedisCatalog } from '../redis-catalog.ts'
import { limitTerms, truncateQuery } from '../words/truncate-query.ts'
import {
  openQdrantConnection,
  type QdrantConnection,
  type QdrantSettings,
} from './qdrant-connection.ts'
import { QdrantCopy } from './qdrant-copy.ts'
import { queryPoints } from './query-points.ts'
import { createEmbeddedSpace, createLocalSpace, type VectorSpace } from './vector-space.ts'

export interface QdrantCatalogSettings extends QdrantSettings {
  /** Name of the alias that searches use. Default `capstan`. */
  collection?: string | undefined
  /** Default: the features of LocalSemanticIndex, without a model. */
  embedder?: Embedder | undefined
  /** The same model with the rate limits of queries. Default: `embedder`. */
  queryEmbedder?: Embedder | undefined
}

/** How long a search waits for the copy to contain the latest writes. */
const CATCH_UP_MS = 3_000
const EMBED_TIMEOUT_MS = 5_000

/**
 * A catalog that searches in Qdrant. Rows are stored in Redis, and every read except searches uses them. `start` keeps
 * the copy in Qdrant current. While Qdrant is unreachable, this process searches its own index.
 */
export function openQdrantCatalog(
  redis: Redis,
  keys: RedisKeys,
  settings: QdrantCatalogSettings,
): Catalog & { start(): void } {
  const lexicon = createLexicon()
  const connection = openQdrantConnection(settings)
  const space = createSpace({ redis, keys, lexicon }, settings)
  const copy = new QdrantCopy({ redis, keys, connection, space }, settings.collection ?? 'capstan')
  const local = openRedisCatalog(redis, keys, { lexicon })
  return {
    ...local,
    start: () => copy.start(),
    search: async (query, filter, options) => {
      try {
        const parts = { local, copy, connection, space, lexicon }
        return await searchQdrant(parts, query, filter, options)
      } catch (error) {
        const why = error instanceof Error ? error.message : 'Qdrant cannot be used'
        const found = await local.search(query, filter, options)
        return { ...found, note: `${why}. This server searched by itself.` }
      }
    },
    reindex: (onProgress, signal) => copy.reindex(onProgress, signal),
    warnings: async () => (copy.warning === undefined ? [] : [copy.warning]),
    close: async () => {
      await copy.stop()
      await local.close()
    },
  }
}

/** Caches the vectors of rows, which are needed again. Vectors of queries are not cached: their number is unbounded. */
function createSpace(
  { redis, keys, lexicon }: { redis: Redis; keys: RedisKeys; lexicon: Lexicon },
  { embedder, queryEmbedder = embedder }: QdrantCatalogSettings,
): VectorSpace {
  return embedder && queryEmbedder
    ? createEmbeddedSpace(cacheEmbeddings(redis, keys, embedder), queryEmbedder)
    : createLocalSpace(lexicon)
}

interface Parts {
  local: Catalog
  copy: QdrantCopy
  connection: QdrantConnection
  space: VectorSpace
  lexicon: Lexicon
}

async function searchQdrant(
  { local, copy, connection, space, lexicon }: Parts,
  query: string,
  filter: CapabilityFilter,
  { limit, mode = 'hybrid' }: CapabilitySearchOptions,
): Promise<SearchResult> {
  const { text, note: truncationNote } = truncateQuery(query)
  await Promise.race([copy.catchUp(), sleep(CATCH_UP_MS, { ref: false })])
  const state = await copy.state()
  if (state.outcome === 'mismatch') throw new Error(state.why)
  const signal = AbortSignal.timeout(EMBED_TIMEOUT_MS)
  const vector =
    mode === 'keyword' ? null : await space.embedQuery(text, signal).catch(() => undefined)
  const modeUsed = vector === undefined ? 'keyword' : mode
  const request = { text, vector: vector ?? null, mode: modeUsed, filter }
  const found = await queryPoints(connection, state.collection, space, request)
  const pending = await copy.countPending(state.collection)
  const notes = [
    vector === undefined ? 'The embedding model does not answer, so only words were compared.' : '',
    truncationNote ?? '',
    pending > 0 ? `${pending} types changed just now and may be missing.` : '',
  ].filter((note) => note !== '')
  const hits = await readHits(local, found, text, lexicon)
  return {
    mode: modeUsed,
    note: notes.length > 0 ? notes.join(' ') : null,
    hits: hits.slice(0, limit),
    facets: countFacets(hits.map(({ capability }) => capability)),
  }
}

/** Reads the current rows. Rows that were removed since the search are left out. */
async function readHits(
  local: Catalog,
  found: [id: string, score: number][],
  query: string,
  lexicon: Lexicon,
): Promise<CapabilityHit[]> {
  const stems = limitTerms(lexicon.stemmer.stemText(query))
  const hits = await Promise.all(
    found.map(async ([id, score]): Promise<CapabilityHit[]> => {
      const split = id.indexOf('|')
      const capability = await local.get(id.slice(0, split), id.slice(split + 1))
      if (!capability) return []
      return [{ capability, score, matched: findMatchedFields(capability, stems, lexicon) }]
    }),
  )
  return hits.flat()
}
