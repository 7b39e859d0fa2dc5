import { z } from 'zod'
import { QdrantRejectedError, QdrantUnavailableError } from './qdrant-errors.ts'
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

const Aliases = z.object({
  aliases: z.array(z.object({ alias_name: z.string(), collection_name: z.string() })),
})
const Collections = z.object({ collections: z.array(z.object({ name: z.string() })) })
const Collection = z.object({ config: z.object({ metadata: z.unknown() }) })
const IndexResult = z.object({ status: z.string() })
const Version = z.object({ version: z.string() })

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
  const { config } = await connection.call(
    'the description of its collection',
    Collection,
    (client) => client.getCollection(current),
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
  const { aliases } = await connection.call('its aliases', Aliases, (client) => client.getAliases())
  return aliases.find(({ alias_name }) => alias_name === alias)?.collection_name
}

/**
 * Creates the next version of the collection, lets `fill` fill it and moves the alias to it. Deletes it when a step fails.
 * The caller must hold the copier lease: names are not reserved.
 */
export async function buildCollection(
  connection: QdrantConnection,
  { alias, space }: { alias: string; space: VectorSpace },
  fill: (collection: string) => Promise<void>,
): Promise<string> {
  await requireVersion(connection)
  const name = await chooseName(connection, alias)
  try {
    await createCollection(connection, name, space)
    await createIndexes(connection, name)
    await fill(name)
    await switchAlias(connection, alias, name)
  } catch (error) {
    await discardCollection(connection, alias, name).catch(() => undefined) // the first error counts
    throw error
  }
  return name
}

/** The first version with conditional updates, parameters of the fusion, and metadata of collections. */
const MIN_VERSION = [1, 16] as const

async function requireVersion(connection: QdrantConnection): Promise<void> {
  const { version } = await connection.call('its version', Version, (client) =>
    client.versionInfo(),
  )
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  const [minMajor, minMinor] = MIN_VERSION
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return
  throw new QdrantRejectedError(
    200,
    `Qdrant ${version} at QDRANT_URL is too old: ${MIN_VERSION.join('.')} or later is needed`,
  )
}

async function chooseName(connection: QdrantConnection, alias: string): Promise<string> {
  const { collections } = await connection.call('its collections', Collections, (client) =>
    client.getCollections(),
  )
  const names = collections.map(({ name }) => name)
  if (names.includes(alias)) {
    throw new QdrantRejectedError(
      409,
      `Qdrant has a collection ${alias}, so no alias can have that name. Set CAPSTAN_QDRANT_COLLECTION to another name`,
    )
  }
  const versions = names.map((name) =>
    name.startsWith(`${alias}_v`) ? Number(name.slice(alias.length + 2)) || 0 : 0,
  )
  return `${alias}_v${Math.max(0, ...versions) + 1}`
}

async function createCollection(
  connection: QdrantConnection,
  name: string,
  { model, dimensions }: VectorSpace,
): Promise<void> {
  await connection.call('a new collection', z.literal(true), (client) =>
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
      metadata: { model, dimensions, schema: SCHEMA },
    }),
  )
}

async function createIndexes(connection: QdrantConnection, name: string): Promise<void> {
  for (const [field_name, field_schema] of Object.entries(INDEXES)) {
    const { status } = await connection.call('a payload index', IndexResult, (client) =>
      client.createPayloadIndex(name, { field_name, field_schema, wait: true }),
    )
    if (status !== 'completed')
      throw new QdrantUnavailableError(`The index ${field_name} in Qdrant is not ready (${status})`)
  }
}

/** Switches in one request, so that the alias always names a collection. */
async function switchAlias(
  connection: QdrantConnection,
  alias: string,
  collection: string,
): Promise<void> {
  const isNew = (await findCollection(connection, alias)) === undefined
  const create = { create_alias: { alias_name: alias, collection_name: collection } }
  const actions = isNew ? [create] : [{ delete_alias: { alias_name: alias } }, create]
  await connection.call('the switch of its alias', z.literal(true), (client) =>
    client.updateCollectionAliases({ actions }),
  )
}

/** A switch of the alias without a response may have taken effect. */
async function discardCollection(
  connection: QdrantConnection,
  alias: string,
  collection: string,
): Promise<void> {
  if ((await findCollection(connection, alias)) === collection) return
  await connection.call('the removal of an incomplete collection', z.boolean(), (client) =>
    client.deleteCollection(collection),
  )
}
