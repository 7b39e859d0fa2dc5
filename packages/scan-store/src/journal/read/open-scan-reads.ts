import { z } from 'zod'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { readEventPage } from './read-event-page.ts'
import { readProgressAt } from './read-progress-at.ts'
import type { JournalStore } from '../journal-store.ts'
import { listScanKeys } from '../script-keys.ts'
import { listScans } from './list-scans.ts'
import { toScan, SnapshotReply } from './to-scan.ts'
import { journalScripts } from '../scripts.ts'
import type { Journal } from '../types.ts'

type ScanReads = Pick<
  Journal,
  | 'scan'
  | 'exists'
  | 'scans'
  | 'activeScanIds'
  | 'excluded'
  | 'resources'
  | 'running'
  | 'events'
  | 'progressAt'
>

const Excluded = z.array(z.object({ resource: z.string(), reason: z.string() }))

/** Reads of whole scans and their events. */
export function openScanReads(store: JournalStore): ScanReads {
  const { redis, keys } = store
  const scan = async (scanId: string): Promise<Scan | undefined> => {
    const reply = await journalScripts.snapshot.run(redis, listScanKeys(keys, scanId), [])
    const snapshot = SnapshotReply.parse(reply)
    const view = toScan(snapshot)
    if (!view || view.done || !store.readForecast) return view
    // Without a forecast the ETA follows from the finish rate.
    const forecast = await store.readForecast(view).catch(() => undefined)
    return forecast ? toScan(snapshot, forecast) : view
  }
  return {
    scan,
    exists: async (scanId) => (await redis.exists(keys.scan(scanId))) === 1,
    scans: (query) => listScans(store, scan, query),
    activeScanIds: () => redis.hkeys(keys.activeScans),
    excluded: async (scanId) =>
      Excluded.parse(JSON.parse((await redis.get(keys.scanExcluded(scanId))) ?? '[]')),
    resources: (scanId) => redis.hkeys(keys.scanItems(scanId)),
    running: (scanId) => redis.zrange(keys.scanStatus(scanId, 'running'), '0', '-1'),
    progressAt: (scanId, seq) => readProgressAt(store, scanId, seq),
    events: (scanId, after, limit) => readEventPage(store, scanId, after, limit),
  }
}
