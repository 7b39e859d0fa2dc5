import type { Scan } from '@capstan/shared/contract/scan/scan'
import { lockMs, type TendDeps } from './tend-deps.ts'

/** Steps for different items join in Redis and in the catalog, so that a large batch is recorded in seconds. */
const CHUNK = 50

/**
 * Handles items of a scan, some of them at a time, for as long as this process holds the lock of the scan, which it renews.
 * An item that fails is logged and does not stop the others. Returns how many were handled with `true`.
 */
export async function inChunks<T>(
  { book, workerId, log, ...deps }: Pick<TendDeps, 'book' | 'workerId' | 'times' | 'log'>,
  { id: scanId }: Pick<Scan, 'id'>,
  items: T[],
  handle: (item: T) => Promise<boolean>,
): Promise<number> {
  let count = 0
  for (let from = 0; from < items.length; from += CHUNK) {
    if (!(await book.lockScan(scanId, workerId, lockMs(deps)))) return count
    const ends = await Promise.allSettled(items.slice(from, from + CHUNK).map(handle))
    const failed = ends.filter((end) => end.status === 'rejected')
    const [first] = failed
    if (first) {
      const facts = { err: first.reason as unknown, scanId, types: failed.length }
      log.warn(facts, 'some types of a batch could not be handled; the next pass tries again')
    }
    count += ends.filter((end) => end.status === 'fulfilled' && end.value).length
  }
  return count
}
