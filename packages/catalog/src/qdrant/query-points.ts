import type { Schemas } from '@qdrant/js-client-rest'
import { z } from 'zod'
import type { SearchMode } from '@capstan/shared/contract/catalog/search-options'
import type { CapabilityFilter } from '../catalog.ts'
import { RRF_K } from '../fuse-ranks.ts'
import { SEMANTIC_VECTOR, KEYWORD_VECTOR } from './collections.ts'
import { toQdrantFilter } from './points.ts'
import type { QdrantConnection } from './qdrant-connection.ts'
import type { QueryVector } from './vector-space.ts'

export interface PointQuery {
  text: string
  /** Null in mode `keyword`. */
  vector: QueryVector | null
  mode: SearchMode
  filter: CapabilityFilter
}

const FoundPoints = z.object({
  points: z.array(
    z.object({
      score: z.number(),
      payload: z.object({ cluster: z.string(), resource: z.string() }),
    }),
  ),
})

/** Length of each list that is fused. */
const MAX_RESULTS = 200

/** Searches in Qdrant, which also fuses the lists. Returns `cluster|resource` and a score, best first. */
export async function queryPoints(
  connection: QdrantConnection,
  collection: string,
  query: PointQuery,
): Promise<[id: string, score: number][]> {
  const { points } = await connection.call('a search', FoundPoints, (client) =>
    client.query(collection, {
      ...toQueryRequest(query),
      limit: MAX_RESULTS,
      with_payload: ['cluster', 'resource'],
    }),
  )
  const found = points.map(({ payload, score }): [string, number] => [
    `${payload.cluster}|${payload.resource}`,
    score,
  ])
  // Qdrant returns equal scores in any order, and fused ones are often equal.
  return found.toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
}

function toQueryRequest({ text, vector, mode, filter }: PointQuery): Schemas['QueryRequest'] {
  const where = { filter: toQdrantFilter(filter), limit: MAX_RESULTS }
  const byKeyword = { query: { text, model: 'qdrant/bm25' }, using: KEYWORD_VECTOR, ...where }
  if (mode === 'keyword' || vector === null) return byKeyword
  const bySimilarity = {
    query: vector.vector,
    using: SEMANTIC_VECTOR,
    ...where,
    score_threshold: vector.minScore,
  }
  if (mode === 'semantic') return bySimilarity
  // Qdrant's default k of 2 lets the first entry of one list win alone.
  return { prefetch: [bySimilarity, byKeyword], query: { rrf: { k: RRF_K } } }
}
