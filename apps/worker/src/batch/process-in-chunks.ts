import type { Scan } from '@capstan/shared/contract/scan/scan'
import { computeLockMs, type PollerDeps } from './poller-deps.ts'

/** Redis commands and catalog writes of a chunk are batched, so that a large batch is recorded in seconds. */
const CHUNK = 50

/**
 * Processes items of a scan in chunks while this process holds the lock of the scan, which it renews. A failed item is logged and
 * does not stop the others. Returns the number of items for which `handle` returned true.
 */
export async function processInChunks<T>(
  {
    batchStore,
    workerId,
    log,
    ...deps
  }: Pick<PollerDeps, 'batchStore' | 'workerId' | 'times' | 'log'>,
  { id: scanId }: Pick<Scan, 'id'>,
  items: T[],
  handle: (item: T) => Promise<boolean>,
): Promise<number> {
  let count = 0
  for (let from = 0; from < items.length; from += CHUNK) {
    if (!(await batchStore.lockScan(scanId, workerId, computeLockMs(deps)))) return count
    const ends = await Promise.allSettled(items.slice(from, from + CHUNK).map(handle))
    const failed = ends.filter((end) => end.status === 'rejected')
    const [first] = failed
    if (first) {
      const err: unknown = first.reason
      log.warn(
        { err, scanId, types: failed.length },
        'could not process some types of a batch; the next poll retries',
      )
    }
    count += ends.filter((end) => end.status === 'fulfilled' && end.value).length
  }
  return count
}
