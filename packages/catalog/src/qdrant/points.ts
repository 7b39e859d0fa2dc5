import type { Schemas } from '@qdrant/js-client-rest'
import type { Capability } from '@capstan/shared/contract/capability'
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

/**
 * Writes points in one request, each under the row's own id. `generation` is the catalog's when the rows were read:
 * a point that was made of a later one stays.
 */
export async function writePoints(
  link: QdrantConnection,
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
    payload: { ...payloadOf(row), generation },
  }))
  const update_filter = { must: [{ key: 'generation', range: { lte: generation } }] }
  const { status } = await link.call('new points', (client) =>
    client.upsert(collection, { wait: true, points, update_filter }),
  )
  requireCompleted(status)
}

/** By their place in the catalog: who is gone cannot be asked for an id. */
export async function removePoints(
  link: QdrantConnection,
  collection: string,
  places: { cluster: string; resource: string }[],
): Promise<void> {
  const should = places.map(({ cluster, resource }) => ({
    must: [
      { key: 'cluster', match: { value: cluster } },
      { key: 'resource', match: { value: resource } },
    ],
  }))
  const { status } = await link.call('the removal of points', (client) =>
    // Without it the client sends no `wait`, and the server answers before it has done anything.
    client.delete(collection, { wait: true, filter: { should } }),
  )
  requireCompleted(status)
}

/** A `wait_timeout` comes with status 200, and an `acknowledged` point may still be refused. */
function requireCompleted(status: string): void {
  if (status !== 'completed')
    throw new QdrantUnavailableError(`Qdrant did not complete a write (${status})`)
}

function payloadOf(row: Capability) {
  return {
    cluster: row.cluster,
    resource: row.resource,
    group: row.group,
    providers: row.providers.map((provider) => provider.toLowerCase()),
    complexity: row.complexity,
    scope: row.scope,
    confidence: row.confidence,
    lowConfidence: row.lowConfidence,
    suspicious: row.suspicions.length > 0,
    stale: row.stale,
  }
}

/** The catalog's filter in Qdrant's words. */
export function pointFilter(filter: CapabilityFilter): Schemas['Filter'] {
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
