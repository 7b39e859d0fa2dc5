import { z } from 'zod'
import { QdrantRejectedError } from './qdrant-errors.ts'
import type { QdrantConnection } from './qdrant-connection.ts'
import type { VectorSpace } from './vector-space.ts'

/** Names of the two vectors of each point. */
export const SEMANTIC_VECTOR = 'semantic'
export const KEYWORD_VECTOR = 'keyword'

/** Filtered fields. Indexed before the first point, so that Qdrant includes them in its graph. */
const INDEXES = {
  cluster: { type: 'keyword', is_tenant: true },
  resource: { type: 'keyword' },
  group: { type: 'keyword' },
  providers: { type: 'keyword' },
  complexity: { type: 'keyword' },
  scope: { type: 'keyword' },
  source: { type: 'keyword' },
  confidence: { type: 'float' },
  lowConfidence: { type: 'bool' },
  suspicious: { type: 'bool' },
  stale: { type: 'bool' },
  generation: { type: 'integer' },
} as const

const Metadata = z.object({
  model: z.string(),
  dimensions: z.int().nullable(),
  schema: z.int(),
})
/** Raise it when the form of points changes. */
const SCHEMA = 3

export type CollectionState =
  | { outcome: 'ready'; collection: string }
  /** The collection contains vectors of another space. `why` states how to fix it. */
  | { outcome: 'mismatch'; collection: string; why: string }

/** Checks that a collection contains vectors of this space. Changes nothing. */
export async function checkCollection(
  connection: QdrantConnection,
  current: string,
  space: VectorSpace,
): Promise<CollectionState> {
  const { config } = await connection.call('the description of its collection', (client) =>
    client.getCollection(current),
  )
  const stored = Metadata.safeParse(config.metadata).data
  const fits =
    stored?.model === space.model &&
    stored.dimensions === space.dimensions &&
    stored.schema === SCHEMA
  if (fits) return { outcome: 'ready', collection: current }
  const contents = stored
    ? `vectors of ${stored.model} (${stored.dimensions ?? 'sparse'})`
    : 'something else'
  const why = `The collection ${current} in Qdrant contains ${contents}, but this server uses ${space.model} (${space.dimensions ?? 'sparse'}). \`capstan reindex\`, or POST /api/v1/capabilities/reindex, builds a new collection beside it.`
  return { outcome: 'mismatch', collection: current, why }
}

/** The collection that an alias names. */
export async function findCollection(
  connection: QdrantConnection,
  alias: string,
): Promise<string | undefined> {
  const { aliases } = await connection.call('its aliases', (client) => client.getAliases())
  return aliases.find(({ alias_name }) => alias_name === alias)?.collection_name
}

/** Creates the next version, empty, with its indexes. The caller must hold the copier lease: names are not reserved. */
export async function createCollection(
  connection: QdrantConnection,
  alias: string,
  space: VectorSpace,
): Promise<string> {
  const { collections } = await connection.call('its collections', (client) =>
    client.getCollections(),
  )
  const versions = collections.flatMap(({ name }) =>
    name.startsWith(`${alias}_v`) ? Number(name.slice(alias.length + 2)) || 0 : [],
  )
  const name = `${alias}_v${Math.max(0, ...versions) + 1}`
  const { dimensions } = space
  await connection.call('a new collection', (client) =>
    client.createCollection(name, {
      ...(dimensions === null
        ? {}
        : { vectors: { [SEMANTIC_VECTOR]: { size: dimensions, distance: 'Cosine' as const } } }),
      sparse_vectors: {
        [KEYWORD_VECTOR]: { modifier: 'idf' as const },
        ...(dimensions === null ? { [SEMANTIC_VECTOR]: { modifier: 'idf' as const } } : {}),
      },
      // A filter without an index is a bug; strict mode reports it.
      strict_mode_config: { enabled: true, unindexed_filtering_retrieve: false },
      metadata: { model: space.model, dimensions, schema: SCHEMA },
    }),
  )
  for (const [field_name, field_schema] of Object.entries(INDEXES)) {
    const { status } = await connection.call('a payload index', (client) =>
      client.createPayloadIndex(name, { field_name, field_schema, wait: true }),
    )
    if (status !== 'completed')
      throw new QdrantRejectedError(202, `The index ${field_name} is not ready`)
  }
  return name
}

/** Switches in one request, so that the alias always names a collection. */
export async function switchAlias(
  connection: QdrantConnection,
  alias: string,
  collection: string,
): Promise<void> {
  const isNew = (await findCollection(connection, alias)) === undefined
  const create = { create_alias: { alias_name: alias, collection_name: collection } }
  const actions = isNew ? [create] : [{ delete_alias: { alias_name: alias } }, create]
  await connection.call('the switch of its alias', (client) =>
    client.updateCollectionAliases({ actions }),
  )
}
