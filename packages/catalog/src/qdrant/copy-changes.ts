import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { parseRow } from '../catalog-rows.ts'
import { readLatestGeneration, removePoints, writePoints } from './points.ts'
import type { QdrantConnection } from './qdrant-connection.ts'
import type { VectorSpace } from './vector-space.ts'

/** Rows in one request: the size that Qdrant recommends, and within the limits of embedding models. */
export const COPY_BATCH = 64

export interface CopyDeps {
  redis: Redis
  keys: RedisKeys
  connection: QdrantConnection
  space: VectorSpace
}

const ChangeEntry = z.tuple([z.string(), z.string()])

interface Change {
  cluster: string
  resource: string
  generation: number
}

export interface CopyOptions {
  /** Called before each request. */
  renewLease: () => Promise<void>
  signal: AbortSignal
  /** Leaves an incomplete batch for later. */
  fullBatchesOnly?: boolean | undefined
}

/**
 * Brings a collection to the current generation of the catalog, 64 rows a request. Stores its progress after each request:
 * a later run repeats at most one.
 */
export async function copyChanges(
  deps: CopyDeps,
  collection: string,
  { renewLease, signal, fullBatchesOnly = false }: CopyOptions,
): Promise<void> {
  const { redis, keys } = deps
  const until = await readCatalogGeneration(redis, keys)
  const changes = await readChanges(
    deps,
    await readCopiedGeneration(redis, keys, collection),
    until,
  )
  for (let start = 0; start < changes.length; start += COPY_BATCH) {
    if (fullBatchesOnly && changes.length - start < COPY_BATCH) return
    signal.throwIfAborted()
    await renewLease()
    await copyBatch(deps, collection, changes.slice(start, start + COPY_BATCH), signal)
    const next = changes[start + COPY_BATCH]
    // A generation can span two batches. It counts as copied with its last change.
    if (next) await storeCopiedGeneration(redis, keys, collection, next.generation - 1)
  }
  await storeCopiedGeneration(redis, keys, collection, until)
}

export async function readCatalogGeneration(redis: Redis, keys: RedisKeys): Promise<number> {
  return Number((await redis.get(keys.catalogGeneration)) ?? 0)
}

export async function readCopiedGeneration(
  redis: Redis,
  keys: RedisKeys,
  collection: string,
): Promise<number> {
  return Number((await redis.get(keys.catalogCopied(collection))) ?? 0)
}

/**
 * Handles points that are later than the catalog, because Redis has lost its latest changes: they would not be
 * replaced by later writes. Raises the generation of the catalog, and has all rows copied again.
 */
export async function recoverGeneration(
  { redis, keys, connection }: CopyDeps,
  collection: string,
): Promise<void> {
  // Read first: meanwhile the catalog can only get later.
  const latestPoint = await readLatestGeneration(connection, collection)
  const missing = latestPoint - (await readCatalogGeneration(redis, keys))
  if (missing <= 0) return
  await redis.incrby(keys.catalogGeneration, missing)
  await storeCopiedGeneration(redis, keys, collection, 0)
}

/** Number of changed types that are not copied yet. */
export async function countPendingChanges(
  { redis, keys }: CopyDeps,
  collection: string,
): Promise<number> {
  const copied = await readCopiedGeneration(redis, keys, collection)
  return redis.zcount(keys.catalogChanges, `(${copied}`, '+inf')
}

async function storeCopiedGeneration(
  redis: Redis,
  keys: RedisKeys,
  collection: string,
  generation: number,
): Promise<void> {
  await redis.set(keys.catalogCopied(collection), generation)
}

async function readChanges(
  { redis, keys }: CopyDeps,
  after: number,
  until: number,
): Promise<Change[]> {
  const flat = await redis.zrangebyscore(keys.catalogChanges, `(${after}`, until, 'WITHSCORES')
  const changes: Change[] = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const [cluster, resource] = ChangeEntry.parse(JSON.parse(flat[index] ?? ''))
    changes.push({ cluster, resource, generation: Number(flat[index + 1]) })
  }
  return changes
}

async function copyBatch(
  { redis, keys, connection, space }: CopyDeps,
  collection: string,
  batch: Change[],
  signal: AbortSignal,
): Promise<void> {
  // Read before the rows, so that the rows are at least this new.
  const generation = await readCatalogGeneration(redis, keys)
  const texts = await Promise.all(
    batch.map(({ cluster, resource }) => redis.hget(keys.capabilities(cluster), resource)),
  )
  const found = texts.map(parseRow)
  const rows = found.flat()
  const removed = batch.filter((_, index) => found[index]?.length === 0)
  if (rows.length > 0) {
    const vectors = await space.embedRows(rows, signal)
    const points = rows.flatMap((row, index) => {
      const vector = vectors[index]
      return vector ? [{ row, vector }] : []
    })
    await writePoints(connection, collection, points, generation)
  }
  if (removed.length > 0) await removePoints(connection, collection, removed, generation)
}
