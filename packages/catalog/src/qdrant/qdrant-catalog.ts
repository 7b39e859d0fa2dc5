import { sleep } from '@capstan/shared/async/sleep'
import type { Redis } from 'ioredis'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import type { RedisKeys } from '@capstan/redis/keys'
import type {
  Catalog,
  CapabilityFilter,
  CapabilityHit,
  CapabilitySearchOptions,
  SearchResult,
} from '../catalog.ts'
import { cacheEmbeddings } from '../cache-embeddings.ts'
import { countFacets } from '../count-facets.ts'
import { findMatchedFields } from '../find-matched-fields.ts'
import { openRedisCatalog } from '../redis-catalog.ts'
import { truncateQuery, limitTerms } from '../words/truncate-query.ts'
import { stemText } from '../words/stem.ts'
import {
  openQdrantConnection,
  type QdrantConnection,
  type QdrantSettings,
} from './qdrant-connection.ts'
import { QdrantCopy } from './qdrant-copy.ts'
import { queryPoints } from './query-points.ts'
import { createEmbeddedSpace, createLocalSpace, type VectorSpace } from './vector-space.ts'

export interface QdrantCatalogSettings extends QdrantSettings {
  /** Name of the alias that searches go to. Default `capstan`. */
  collection?: string | undefined
  /** Without it Qdrant gets the features of the default catalog. */
  embedder?: Embedder | undefined
  /** The same model for queries, when those are asked at another pace. */
  ofQueries?: Embedder | undefined
}

/** How long a search lets the copy catch up with what was written just now. */
const CATCH_UP_MS = 3_000
const EMBED_MS = 5_000

/**
 * The catalog with its search in Qdrant. Rows are kept in Redis as by default, and are what everything but the
 * search reads; `start` keeps the copy in Qdrant up to date. While Qdrant is away, searches run in this process.
 */
export function openQdrantCatalog(
  redis: Redis,
  keys: RedisKeys,
  settings: QdrantCatalogSettings,
): Catalog & { start(): void } {
  const link = openQdrantConnection(settings)
  const space = spaceOf(redis, keys, settings)
  const copy = new QdrantCopy({ redis, keys, link, space }, settings.collection ?? 'capstan')
  const local = openRedisCatalog(redis, keys)
  return {
    ...local,
    start: () => copy.start(),
    search: async (query, filter, options) => {
      try {
        return await searchQdrant({ local, copy, link, space }, query, filter, options)
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

/** Vectors of rows are kept, because they are needed again; those of queries are not, because anybody can make many. */
function spaceOf(
  redis: Redis,
  keys: RedisKeys,
  { embedder, ofQueries = embedder }: QdrantCatalogSettings,
): VectorSpace {
  return embedder && ofQueries
    ? createEmbeddedSpace(cacheEmbeddings(redis, keys, embedder), ofQueries)
    : createLocalSpace()
}

interface Parts {
  local: Catalog
  copy: QdrantCopy
  link: QdrantConnection
  space: VectorSpace
}

async function searchQdrant(
  { local, copy, link, space }: Parts,
  query: string,
  filter: CapabilityFilter,
  { limit, mode = 'hybrid' }: CapabilitySearchOptions,
): Promise<SearchResult> {
  const { text, note: cutNote } = truncateQuery(query)
  await Promise.race([copy.catchUp(), sleep(CATCH_UP_MS, { ref: false })])
  const state = await copy.state()
  if (state.outcome === 'mismatch') throw new Error(state.why)
  const signal = AbortSignal.timeout(EMBED_MS)
  const vector =
    mode === 'keyword' ? null : await space.ofQuery(text, signal).catch(() => undefined)
  const ran = vector === undefined ? 'keyword' : mode
  const asked = { text, vector: vector ?? null, mode: ran, filter }
  const found = await queryPoints(link, state.collection, space, asked)
  const behind = await copy.behind(state.collection)
  const notes = [
    vector === undefined ? 'The embedding model does not answer, so only words were compared.' : '',
    cutNote ?? '',
    behind > 0 ? `${behind} types changed just now and may be missing.` : '',
  ].filter((note) => note !== '')
  const hits = await asHits(local, text, found)
  return {
    mode: ran,
    note: notes.length > 0 ? notes.join(' ') : null,
    hits: hits.slice(0, limit),
    facets: countFacets(hits.map(({ capability }) => capability)),
  }
}

/** The rows as they are now; who has been removed since Qdrant was asked is left out. */
async function asHits(
  local: Catalog,
  query: string,
  found: [id: string, score: number][],
): Promise<CapabilityHit[]> {
  const asked = limitTerms(stemText(query))
  const hits = await Promise.all(
    found.map(async ([id, score]): Promise<CapabilityHit[]> => {
      const split = id.indexOf('|')
      const capability = await local.get(id.slice(0, split), id.slice(split + 1))
      return capability
        ? [{ capability, score, matched: findMatchedFields(capability, asked) }]
        : []
    }),
  )
  return hits.flat()
}
