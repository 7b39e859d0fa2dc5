import { z } from 'zod'
import { openCatalogRows } from '../catalog-rows.ts'
import type { ReindexProgress, ReindexReport } from '../catalog.ts'
import { buildCollection, findCollection } from './collections.ts'
import { COPY_BATCH, copyChanges, countPendingChanges, type CopyDeps } from './copy-changes.ts'
import type { CopierLease } from './copier-lease.ts'
import { QdrantRejectedError } from './qdrant-errors.ts'

const Count = z.object({ count: z.int() })

/**
 * Copies the whole catalog into a new collection, verifies the count and then switches the alias. The old collection is
 * kept. Rejects when a step fails; the alias is unchanged and the new collection is deleted then.
 */
export async function rebuildCollection(
  deps: CopyDeps,
  alias: string,
  lease: CopierLease,
  { onProgress, signal }: { onProgress: ReindexProgress; signal: AbortSignal },
): Promise<ReindexReport> {
  const { connection, redis, keys, space } = deps
  const previous = await findCollection(connection, alias)
  let types = 0
  const store = await buildCollection(connection, { alias, space }, async (collection) => {
    // A deleted collection of the same name may have left its generation in Redis.
    await redis.del(keys.catalogCopied(collection))
    const total = await countRows(deps)
    let batches = 0
    const renewLease = async (): Promise<void> => {
      await lease.renew()
      onProgress(Math.min(batches * COPY_BATCH, total), total)
      batches += 1
    }
    await copyChanges(deps, collection, { renewLease, signal })
    // Changes that were written during the first run.
    await copyChanges(deps, collection, { renewLease: lease.renew, signal })
    types = await requireComplete(deps, collection)
  })
  onProgress(types, types)
  return { types, store, previous: previous ?? null }
}

/** Compares the number of points with the number of rows, which it returns. */
async function requireComplete(deps: CopyDeps, collection: string): Promise<number> {
  const { connection } = deps
  const { count } = await connection.call('a count', Count, (client) =>
    client.count(collection, { exact: true }),
  )
  const expected = await countRows(deps)
  // Each row that a running scan has written meanwhile changes the number by at most one.
  const pending = await countPendingChanges(deps, collection)
  if (Math.abs(count - expected) <= pending) return expected
  throw new QdrantRejectedError(
    200,
    `The new collection ${collection} holds ${count} types, but the catalog has ${expected}; the old one stays in use`,
  )
}

/** Rows that cannot be parsed have no point. */
async function countRows({ redis, keys }: CopyDeps): Promise<number> {
  const rows = openCatalogRows(redis, keys)
  let count = 0
  for (const cluster of await redis.smembers(keys.capabilityClusters)) {
    count += (await rows.mapAll(cluster, () => undefined)).length
  }
  return count
}
