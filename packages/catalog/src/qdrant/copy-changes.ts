import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { RedisKeys } from '@capstan/redis/keys'
import { parseRow } from '../catalog-rows.ts'
import { removePoints, writePoints } from './points.ts'
import type { QdrantConnection } from './qdrant-connection.ts'
import type { VectorSpace } from './vector-space.ts'

/** Rows in one request: Qdrant's advice, and what an embedding model takes at once. */
export const COPY_BATCH = 64

export interface CopyDeps {
  redis: Redis
  keys: RedisKeys
  link: QdrantConnection
  space: VectorSpace
}

const Place = z.tuple([z.string(), z.string()])

interface Change {
  cluster: string
  resource: string
  generation: number
}

export interface CopyRun {
  /** Called before each request. */
  keep: () => Promise<void>
  signal: AbortSignal
  /** Leaves what does not fill a request for later. */
  onlyFull?: boolean | undefined
}

/**
 * Brings a collection up to the catalog's present generation, 64 rows a request, and notes how far it came after each
 * request; whoever goes on later repeats at most one.
 */
export async function copyChanges(
  deps: CopyDeps,
  collection: string,
  { keep, signal, onlyFull = false }: CopyRun,
): Promise<void> {
  const { redis, keys } = deps
  const until = await readCatalogGeneration(redis, keys)
  const changes = await changesSince(
    deps,
    await readCopiedGeneration(redis, keys, collection),
    until,
  )
  for (let start = 0; start < changes.length; start += COPY_BATCH) {
    if (onlyFull && changes.length - start < COPY_BATCH) return
    signal.throwIfAborted()
    await keep()
    await copyBatch(deps, collection, changes.slice(start, start + COPY_BATCH), signal)
    const next = changes[start + COPY_BATCH]
    // One generation may be in two batches; it counts only when the last of it is there.
    if (next) await noteCopied(redis, keys, collection, next.generation - 1)
  }
  await noteCopied(redis, keys, collection, until)
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

async function noteCopied(
  redis: Redis,
  keys: RedisKeys,
  collection: string,
  generation: number,
): Promise<void> {
  await redis.set(keys.catalogCopied(collection), generation)
}

async function changesSince(
  { redis, keys }: CopyDeps,
  after: number,
  until: number,
): Promise<Change[]> {
  const flat = await redis.zrangebyscore(keys.catalogChanges, `(${after}`, until, 'WITHSCORES')
  const changes: Change[] = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const [cluster, resource] = Place.parse(JSON.parse(flat[index] ?? ''))
    changes.push({ cluster, resource, generation: Number(flat[index + 1]) })
  }
  return changes
}

async function copyBatch(
  { redis, keys, link, space }: CopyDeps,
  collection: string,
  batch: Change[],
  signal: AbortSignal,
): Promise<void> {
  // Before the rows are read: they are at least this new.
  const generation = await readCatalogGeneration(redis, keys)
  const texts = await Promise.all(
    batch.map(({ cluster, resource }) => redis.hget(keys.capabilities(cluster), resource)),
  )
  const rows = texts.flatMap(parseRow)
  const gone = batch.filter((_, index) => texts[index] === null)
  if (rows.length > 0) {
    const vectors = await space.ofRows(rows, signal)
    const placed = rows.flatMap((row, index) => {
      const vector = vectors[index]
      return vector ? [{ row, vector }] : []
    })
    await writePoints(link, collection, placed, generation)
  }
  if (gone.length > 0) await removePoints(link, collection, gone)
}
