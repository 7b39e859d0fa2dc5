import { z } from 'zod'
import type { Page } from '../contract/page.ts'
import type { Scan } from '../contract/scan.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { eventPage } from './event-page.ts'
import type { JournalStore } from './journal.ts'
import { scanKeys } from './scan-keys.ts'
import { scanView, SnapshotReply } from './scan-view.ts'
import { scripts } from './scripts.ts'
import type { Journal } from './types.ts'

type ScanReads = Pick<Journal, 'scan' | 'scans' | 'activeScanIds' | 'excluded' | 'events'>
type ScanQuery = Parameters<Journal['scans']>[0]

const Excluded = z.array(z.object({ resource: z.string(), reason: z.string() }))

// How many scans are looked at to fill one page of a filtered list; a longer search continues by cursor.
const LOOK_AHEAD = 500

/** Reads of whole scans and their events. */
export function scanReads(store: JournalStore): ScanReads {
  const { redis, keys } = store
  const scan = async (scanId: string): Promise<Scan | undefined> =>
    scanView(SnapshotReply.parse(await scripts.snapshot.run(redis, scanKeys(keys, scanId), [])))
  return {
    scan,
    scans: (query) => listScans(store, scan, query),
    activeScanIds: () => redis.smembers(keys.activeScans),
    excluded: async (scanId) =>
      Excluded.parse(JSON.parse((await redis.get(keys.scanExcluded(scanId))) ?? '[]')),
    events: (scanId, after, limit) => eventPage(store, scanId, after, limit),
  }
}

async function listScans(
  { redis, keys }: JournalStore,
  read: (scanId: string) => Promise<Scan | undefined>,
  query: ScanQuery,
): Promise<Page<Scan>> {
  // Ids are UUIDv7, so the id alone is the sort key: newest first.
  const newest = await redis.zrevrange(keys.scans, 0, -1)
  const ordered = newest.toSorted().toReversed()
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor)
  const rest = after === undefined ? ordered : ordered.filter((id) => id < after)
  const data: Scan[] = []
  let last: string | undefined
  for (const id of rest.slice(0, LOOK_AHEAD)) {
    if (data.length === query.limit) break
    last = id
    const scan = await read(id)
    // Its keys have expired: the index forgets it now.
    if (!scan) await redis.zrem(keys.scans, id)
    else if (matches(scan, query)) data.push(scan)
  }
  const more = last !== undefined && rest.at(-1) !== last
  return {
    data,
    page: { limit: query.limit, nextCursor: more && last ? encodeCursor(last) : null },
  }
}

function matches(scan: Scan, query: ScanQuery): boolean {
  const labels = Object.entries(query.labels ?? {})
  return (
    (query.status === undefined || scan.status === query.status) &&
    (query.cluster === undefined || scan.cluster === query.cluster) &&
    (query.createdAfter === undefined || scan.createdAt > query.createdAfter) &&
    labels.every(([label, value]) => scan.labels[label] === value)
  )
}
