import type { Schemas } from '@qdrant/js-client-rest'
import { readAnswerSource } from '@capstan/shared/contract/answer-source'
import type { Capability } from '@capstan/shared/contract/capability'
import { z } from 'zod'
import type { CapabilityFilter } from '../catalog.ts'
import { buildEmbeddingText } from '../build-embedding-text.ts'
import { SEMANTIC_VECTOR, KEYWORD_VECTOR } from './collections.ts'
import { QdrantUnavailableError } from './qdrant-errors.ts'
import type { QdrantConnection } from './qdrant-connection.ts'
import type { Vector } from './vector-space.ts'

export interface RowVector {
  row: Capability
  vector: Vector
}

const BM25 = 'qdrant/bm25'
const WriteResult = z.object({ status: z.string() })

/**
 * Writes points in one request, each under the id of its row. `generation` is the generation of the catalog before the rows
 * were read. Points of a later generation are not replaced.
 */
export async function writePoints(
  connection: QdrantConnection,
  collection: string,
  rows: RowVector[],
  generation: number,
): Promise<void> {
  const points = rows.map(({ row, vector }) => ({
    id: row.id,
    vector: {
      [SEMANTIC_VECTOR]: vector,
      [KEYWORD_VECTOR]: { text: buildEmbeddingText(row), model: BM25 },
    },
    payload: { ...toPayload(row), generation },
  }))
  const update_filter = { must: [isOlder(generation)] }
  const { status } = await connection.call('new points', WriteResult, (client) =>
    client.upsert(collection, { wait: true, points, update_filter }),
  )
  requireCompleted(status)
}

const LatestPoint = z.object({
  points: z.array(z.object({ payload: z.object({ generation: z.int() }) })),
})

/** The highest generation of a point; 0 if there is none. */
export async function readLatestGeneration(
  connection: QdrantConnection,
  collection: string,
): Promise<number> {
  const { points } = await connection.call('the latest point', LatestPoint, (client) =>
    client.scroll(collection, {
      limit: 1,
      order_by: { key: 'generation', direction: 'desc' },
      with_payload: ['generation'],
    }),
  )
  return points[0]?.payload.generation ?? 0
}

/**
 * Removes points by cluster and resource, because the ids of removed rows are unknown. `generation` as for `writePoints`: a
 * row that was added again meanwhile keeps its point.
 */
export async function removePoints(
  connection: QdrantConnection,
  collection: string,
  rows: { cluster: string; resource: string }[],
  generation: number,
): Promise<void> {
  const should = rows.map(({ cluster, resource }) => ({
    must: [
      { key: 'cluster', match: { value: cluster } },
      { key: 'resource', match: { value: resource } },
    ],
  }))
  const { status } = await connection.call('the removal of points', WriteResult, (client) =>
    // Without `wait: true` the server answers before it deletes.
    client.delete(collection, { wait: true, filter: { must: [isOlder(generation)], should } }),
  )
  requireCompleted(status)
}

/** Protects points of a copier that overtook this one while its lease expired. */
function isOlder(generation: number) {
  return { key: 'generation', range: { lte: generation } }
}

/** A `wait_timeout` has HTTP status 200, and an `acknowledged` point can still be rejected. */
function requireCompleted(status: string): void {
  if (status !== 'completed')
    throw new QdrantUnavailableError(`Qdrant did not complete a write (${status})`)
}

function toPayload(row: Capability) {
  return {
    cluster: row.cluster,
    resource: row.resource,
    group: row.group,
    providers: row.providers.map((provider) => provider.toLowerCase()),
    complexity: row.complexity,
    scope: row.scope,
    confidence: row.confidence,
    source: readAnswerSource(row),
    lowConfidence: row.lowConfidence,
    suspicious: row.suspicions.length > 0,
    stale: row.stale,
  }
}

/** Translates a catalog filter to a Qdrant filter. */
export function toQdrantFilter(filter: CapabilityFilter): Schemas['Filter'] {
  const { provider, minConfidence, ...exact } = filter
  const must: Schemas['FieldCondition'][] = []
  for (const [key, value] of Object.entries(exact)) {
    if (value !== undefined) must.push({ key, match: { value } })
  }
  if (provider !== undefined) {
    must.push({ key: 'providers', match: { value: provider.toLowerCase() } })
  }
  if (minConfidence !== undefined) must.push({ key: 'confidence', range: { gte: minConfidence } })
  return { must }
}
