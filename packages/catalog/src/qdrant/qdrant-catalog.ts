import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { sleep } from '@capstan/shared/async/sleep'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type { Capability } from '@capstan/shared/contract/capability'
import type { Embedder } from '@capstan/shared/embeddings/embedder'
import { cacheEmbeddings } from '../cache-embeddings.ts'
import type {
  CapabilityFilter,
  CapabilitySearchOptions,
  Catalog,
  SearchResult,
} from '../catalog.ts'
import { describeEmbeddingFailure } from '../describe-embedding-failure.ts'
import { countFacets } from '../count-facets.ts'
import { KeywordIndex } from '../in-process/keyword-index.ts'
import { joinNotes } from '../join-notes.ts'
import { createLexicon, type Lexicon } from '../lexicon.ts'
import { openRedisCatalog } from '../redis-catalog.ts'
import { buildMatchQuery, type MatchQuery } from '../relevance/match-query.ts'
import { describeStrength, scoreMatches } from '../relevance/score-matches.ts'
import { truncateQuery } from '../words/truncate-query.ts'
import {
  openQdrantConnection,
  type QdrantConnection,
  type QdrantSettings,
} from './qdrant-connection.ts'
import { QdrantRejectedError } from './qdrant-errors.ts'
import { QdrantCopy } from './qdrant-copy.ts'
import { queryPoints } from './query-points.ts'
import { createEmbeddedSpace, createLocalSpace, type VectorSpace } from './vector-space.ts'

export interface QdrantCatalogSettings extends QdrantSettings {
  /** Name of the alias that searches use. Default `capstan`. */
  collection?: string | undefined
  /** Default: the features of LocalSemanticIndex, without a model. */
  embedder?: Embedder | undefined
  /** How long a search waits for the latest writes to be copied, and then for Qdrant, before it runs in this process. Default 3 s. */
  searchTimeoutMs?: number | undefined
  /** The same model with the rate limits of queries. Default: `embedder`. */
  queryEmbedder?: Embedder | undefined
}

const EMBED_TIMEOUT_MS = 5_000
/** Less than the timeout of one request, which also holds for large ones. */
const SEARCH_TIMEOUT_MS = 3_000

/**
 * A catalog that searches in Qdrant. Rows are stored in Redis, and every read except searches uses them. `start` keeps
 * the copy in Qdrant current. While Qdrant is unreachable, this process searches its own index.
 */
export function openQdrantCatalog(
  redis: Redis,
  keys: RedisKeys,
  settings: QdrantCatalogSettings,
): Catalog & { start(): void } {
  const { searchTimeoutMs = SEARCH_TIMEOUT_MS } = settings
  const lexicon = createLexicon()
  const connection = openQdrantConnection(settings)
  const space = createSpace({ redis, keys, lexicon }, settings)
  const copy = new QdrantCopy({ redis, keys, connection, space }, settings.collection ?? 'capstan')
  const local = openRedisCatalog(redis, keys, { lexicon })
  return {
    ...local,
    start: () => copy.start(),
    search: async (query, filter, options) => {
      const parts = { local, copy, connection, space, lexicon, timeoutMs: searchTimeoutMs }
      const attempt = () => searchQdrant(parts, query, filter, options)
      try {
        if (copy.outage !== undefined) throw new Error(copy.outage)
        // After a 404, the next attempt finds or creates the collection.
        return await attempt().catch((error: unknown) =>
          isMissing(error) ? attempt() : Promise.reject(error),
        )
      } catch (error) {
        const why = error instanceof Error ? error.message : 'Qdrant cannot be used'
        const found = await local.search(query, filter, options)
        return {
          ...found,
          note: joinNotes([
            found.note,
            `${why.replace(/\.$/, '')}. This server searched by itself.`,
          ]),
        }
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
  timeoutMs: number
}

async function searchQdrant(
  { local, copy, connection, space, lexicon, timeoutMs }: Parts,
  query: string,
  filter: CapabilityFilter,
  { limit, minScore, mode = 'hybrid' }: CapabilitySearchOptions,
): Promise<SearchResult> {
  const { text, note: truncationNote } = truncateQuery(query)
  await Promise.race([copy.catchUp(), sleep(timeoutMs, { ref: false })])
  const ask = <T>(step: Promise<T>): Promise<T> =>
    withTimeout(step, timeoutMs, 'Qdrant').catch((error: unknown) => {
      if (!isBadRequest(error)) copy.reportFailure(error)
      throw error
    })
  const state = await ask(copy.state())
  if (state.outcome === 'mismatch') throw new Error(state.why)
  const signal = AbortSignal.timeout(EMBED_TIMEOUT_MS)
  let failure: string | null = null
  const vector =
    mode === 'keyword'
      ? null
      : await space.embedQuery(text, signal).catch((error: unknown) => {
          failure = describeEmbeddingFailure(error)
          return null
        })
  const modeUsed = vector === null ? 'keyword' : mode
  const request = { text, vector, mode: modeUsed, filter }
  const found = await ask(queryPoints(connection, state.collection, request))
  const pending = await copy.countPending(state.collection)
  const rows = await readRows(local, found)
  const hits = await scoreMatches(rows, await readQuery(text, rows, lexicon), lexicon, {
    limit,
    minScore,
  })
  const notes = [failure, truncationNote, describePending(pending), describeStrength(hits)]
  return { mode: modeUsed, note: joinNotes(notes), hits, facets: countFacets(rows) }
}

/** The collection was deleted, or the storage of Qdrant was lost. */
function isMissing(error: unknown): boolean {
  return error instanceof QdrantRejectedError && error.status === 404
}

/** A fault of one search, not of the copy. */
function isBadRequest(error: unknown): boolean {
  return error instanceof QdrantRejectedError && error.status === 400
}

function describePending(count: number): string | null {
  return count > 0 ? `${count} types changed just now and may be missing.` : null
}

/** Reads the current rows. Rows that were removed since the search are left out. */
async function readRows(local: Catalog, found: [id: string, score: number][]) {
  const rows = await Promise.all(
    found.map(([id]) => {
      const split = id.indexOf('|')
      return local.get(id.slice(0, split), id.slice(split + 1))
    }),
  )
  return rows.filter((row) => row !== undefined)
}

/** Reads the query against the words of the found rows, because this process has no index of all rows. */
async function readQuery(query: string, rows: Capability[], lexicon: Lexicon): Promise<MatchQuery> {
  const index = new KeywordIndex(lexicon)
  const slice = startTimeSlice()
  for (const row of rows) {
    if (slice.isOver) await slice.next()
    index.set(row.id, row)
  }
  const { words } = await index.search(query)
  return buildMatchQuery(words, index, lexicon)
}
