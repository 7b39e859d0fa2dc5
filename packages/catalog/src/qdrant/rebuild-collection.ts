import type { ReindexProgress, ReindexReport } from '../catalog.ts'
import { findCollection, createCollection, switchAlias } from './collections.ts'
import { COPY_BATCH, copyChanges, type CopyDeps } from './copy-changes.ts'
import type { CopierLease } from './copier-lease.ts'
import { QdrantRejectedError } from './qdrant-errors.ts'

/**
 * Copies the whole catalog into a new collection, verifies the count and then switches the alias. The old collection is
 * kept. Rejects when a step fails; the alias is unchanged then.
 */
export async function rebuildCollection(
  deps: CopyDeps,
  alias: string,
  lease: CopierLease,
  { onProgress, signal }: { onProgress: ReindexProgress; signal: AbortSignal },
): Promise<ReindexReport> {
  const { connection, redis, keys, space } = deps
  const previous = await findCollection(connection, alias)
  const collection = await createCollection(connection, alias, space)
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
  const [{ count }, expected] = await Promise.all([
    connection.call('a count', (client) => client.count(collection, { exact: true })),
    countRows(deps),
  ])
  if (count !== expected) {
    throw new QdrantRejectedError(
      200,
      `The new collection ${collection} holds ${count} types, but the catalog has ${expected}; the old one stays in use`,
    )
  }
  await switchAlias(connection, alias, collection)
  onProgress(expected, expected)
  return { types: expected, store: collection, previous: previous ?? null }
}

async function countRows({ redis, keys }: CopyDeps): Promise<number> {
  const clusters = await redis.smembers(keys.capabilityClusters)
  const counts = await Promise.all(
    clusters.map((cluster) => redis.hlen(keys.capabilities(cluster))),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}
