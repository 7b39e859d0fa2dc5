import { z } from 'zod'
import { QdrantRejectedError } from './qdrant-errors.ts'
import type { QdrantConnection } from './qdrant-connection.ts'
import type { VectorSpace } from './vector-space.ts'

/** Names of the two vectors of each point. */
export const SEMANTIC_VECTOR = 'meaning'
export const KEYWORD_VECTOR = 'words'

/** What is filtered by; made before the first point, so that Qdrant builds its graph with them. */
const INDEXES = {
  cluster: { type: 'keyword', is_tenant: true },
  resource: { type: 'keyword' },
  group: { type: 'keyword' },
  providers: { type: 'keyword' },
  complexity: { type: 'keyword' },
  scope: { type: 'keyword' },
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
/** Raised when points get another form. */
const SCHEMA = 1

export type CollectionState =
  | { outcome: 'ready'; collection: string }
  /** It holds vectors of another space. `why` says what to do. */
  | { outcome: 'mismatch'; collection: string; why: string }

/** Whether a collection holds what this server makes. One that holds other vectors is left alone. */
export async function checkCollection(
  link: QdrantConnection,
  current: string,
  space: VectorSpace,
): Promise<CollectionState> {
  const { config } = await link.call('the description of its collection', (client) =>
    client.getCollection(current),
  )
  const there = Metadata.safeParse(config.metadata).data
  const fits =
    there?.model === space.model && there.dimensions === space.dimensions && there.schema === SCHEMA
  if (fits) return { outcome: 'ready', collection: current }
  const holds = there
    ? `vectors of ${there.model} (${there.dimensions ?? 'sparse'})`
    : 'something else'
  const why = `The collection ${current} of Qdrant holds ${holds}, but this server uses ${space.model} (${space.dimensions ?? 'sparse'}). \`capstan reindex\`, or POST /api/v1/capabilities/reindex, builds a new collection beside it.`
  return { outcome: 'mismatch', collection: current, why }
}

/** The collection that an alias names now. */
export async function findCollection(
  link: QdrantConnection,
  alias: string,
): Promise<string | undefined> {
  const { aliases } = await link.call('its aliases', (client) => client.getAliases())
  return aliases.find(({ alias_name }) => alias_name === alias)?.collection_name
}

/** Makes the next version, empty and with its indexes. For who has the lease: two at once would take one name. */
export async function createCollection(
  link: QdrantConnection,
  alias: string,
  space: VectorSpace,
): Promise<string> {
  const { collections } = await link.call('its collections', (client) => client.getCollections())
  const versions = collections.flatMap(({ name }) =>
    name.startsWith(`${alias}_v`) ? Number(name.slice(alias.length + 2)) || 0 : [],
  )
  const name = `${alias}_v${Math.max(0, ...versions) + 1}`
  const { dimensions } = space
  await link.call('a new collection', (client) =>
    client.createCollection(name, {
      ...(dimensions === null
        ? {}
        : { vectors: { [SEMANTIC_VECTOR]: { size: dimensions, distance: 'Cosine' as const } } }),
      sparse_vectors: {
        [KEYWORD_VECTOR]: { modifier: 'idf' as const },
        ...(dimensions === null ? { [SEMANTIC_VECTOR]: { modifier: 'idf' as const } } : {}),
      },
      // A filter without an index is a mistake of ours that should show.
      strict_mode_config: { enabled: true, unindexed_filtering_retrieve: false },
      metadata: { model: space.model, dimensions, schema: SCHEMA },
    }),
  )
  for (const [field_name, field_schema] of Object.entries(INDEXES)) {
    const { status } = await link.call('a payload index', (client) =>
      client.createPayloadIndex(name, { field_name, field_schema, wait: true }),
    )
    if (status !== 'completed')
      throw new QdrantRejectedError(202, `The index ${field_name} is not ready`)
  }
  return name
}

/** In one step, so that no search falls between two collections. */
export async function switchAlias(
  link: QdrantConnection,
  alias: string,
  collection: string,
): Promise<void> {
  const isNew = (await findCollection(link, alias)) === undefined
  const create = { create_alias: { alias_name: alias, collection_name: collection } }
  const actions = isNew ? [create] : [{ delete_alias: { alias_name: alias } }, create]
  await link.call('the switch of its alias', (client) =>
    client.updateCollectionAliases({ actions }),
  )
}
