import type { ReindexProgress, ReindexReport } from '../catalog.ts'
import { findCollection, createCollection, switchAlias } from './collections.ts'
import { COPY_BATCH, copyChanges, type CopyDeps } from './copy-changes.ts'
import type { CopierLease } from './copier-lease.ts'
import { QdrantRejectedError } from './qdrant-errors.ts'

/**
 * Copies the whole catalog into a new collection, counts it there, and only then lets the alias name it. The old
 * collection is left as it is. Rejects when anything fails, with the alias where it was.
 */
export async function rebuildCollection(
  deps: CopyDeps,
  alias: string,
  lease: CopierLease,
  { onProgress, signal }: { onProgress: ReindexProgress; signal: AbortSignal },
): Promise<ReindexReport> {
  const { link, redis, keys, space } = deps
  const previous = await findCollection(link, alias)
  const collection = await createCollection(link, alias, space)
  // A name may come back after its collection was deleted by hand; what was noted of it then is void.
  await redis.del(keys.catalogCopied(collection))
  const total = await countRows(deps)
  let batches = 0
  const keep = async (): Promise<void> => {
    await lease.keep()
    onProgress(Math.min(batches * COPY_BATCH, total), total)
    batches += 1
  }
  await copyChanges(deps, collection, { keep, signal })
  // What was written meanwhile.
  await copyChanges(deps, collection, { keep: lease.keep, signal })
  const [{ count }, expected] = await Promise.all([
    link.call('a count', (client) => client.count(collection, { exact: true })),
    countRows(deps),
  ])
  if (count !== expected) {
    throw new QdrantRejectedError(
      200,
      `The new collection ${collection} holds ${count} types, but the catalog has ${expected}; the old one stays in use`,
    )
  }
  await switchAlias(link, alias, collection)
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
