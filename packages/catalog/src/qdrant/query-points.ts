import type { Schemas } from '@qdrant/js-client-rest'
import { z } from 'zod'
import type { CapabilityFilter, SearchMode } from '../catalog.ts'
import { RRF_K } from '../fuse-ranks.ts'
import { SEMANTIC_VECTOR, KEYWORD_VECTOR } from './collections.ts'
import { pointFilter } from './points.ts'
import type { QdrantConnection } from './qdrant-connection.ts'
import type { Vector, VectorSpace } from './vector-space.ts'

export interface PointQuery {
  text: string
  /** Null in mode `keyword`. */
  vector: Vector | null
  mode: SearchMode
  filter: CapabilityFilter
}

const Place = z.object({ cluster: z.string(), resource: z.string() })

/** Of each list that goes into the fusion. */
const FOUND = 200

/** Searches on the server, both lists fused there. Best first: `cluster|resource` and a score. */
export async function queryPoints(
  link: QdrantConnection,
  collection: string,
  space: VectorSpace,
  query: PointQuery,
): Promise<[id: string, score: number][]> {
  const { points } = await link.call('a search', (client) =>
    client.query(collection, {
      ...requestOf(space, query),
      limit: FOUND,
      with_payload: ['cluster', 'resource'],
    }),
  )
  return points.flatMap(({ payload, score }): [string, number][] => {
    const place = Place.safeParse(payload).data
    return place ? [[`${place.cluster}|${place.resource}`, score]] : []
  })
}

function requestOf(
  { least }: VectorSpace,
  { text, vector, mode, filter }: PointQuery,
): Schemas['QueryRequest'] {
  const where = { filter: pointFilter(filter), limit: FOUND }
  const words = { query: { text, model: 'qdrant/bm25' }, using: KEYWORD_VECTOR, ...where }
  if (mode === 'keyword' || vector === null) return words
  const meaning = {
    query: vector,
    using: SEMANTIC_VECTOR,
    ...where,
    ...(least === null ? {} : { score_threshold: least }),
  }
  if (mode === 'semantic') return meaning
  // Without a k of ours Qdrant takes 2, and the first of one list alone wins.
  return { prefetch: [meaning, words], query: { rrf: { k: RRF_K } } }
}
