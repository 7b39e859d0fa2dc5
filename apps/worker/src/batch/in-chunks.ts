import type { Scan } from '@capstan/shared/contract/scan'
import { lockMs, type TendDeps } from './tend-deps.ts'

/** Steps for different items join in Redis and in the catalog, so that a large batch is recorded in seconds. */
const CHUNK = 50

/**
 * Handles items of a scan, some of them at a time, for as long as this process holds the lock of the scan, which it renews.
 * Returns how many were handled with `true`. Throws the first error of a chunk.
 */
export async function inChunks<T>(
  { book, workerId, ...deps }: Pick<TendDeps, 'book' | 'workerId' | 'times'>,
  { id }: Pick<Scan, 'id'>,
  items: T[],
  handle: (item: T) => Promise<boolean>,
): Promise<number> {
  let count = 0
  for (let from = 0; from < items.length; from += CHUNK) {
    if (!(await book.lock(id, workerId, lockMs(deps)))) return count
    const handled = await Promise.all(items.slice(from, from + CHUNK).map(handle))
    count += handled.filter(Boolean).length
  }
  return count
}
