import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { Journal } from '@capstan/scan-store/journal/types'

type ScanReads = Pick<Journal, 'scan' | 'scans' | 'activeScanIds'>

/** The scans of snapshots. Changes keep it up to date, so that a snapshot costs no read of every scan. */
export interface ShownScans {
  /** All unfinished scans and the newest ones, newest first. The same array while no scan changed. */
  read(): Promise<readonly Scan[]>
  unfinished(): Scan[]
  /** Stores a scan that is about to be sent; false when this or a newer state of it was sent before. */
  send(scan: Scan): boolean
  remove(scanId: string): void
}

/** Number of newest scans in a snapshot, besides the unfinished ones. */
const NEWEST = 50
/** ETA and throttle of an unfinished scan change without an event. */
const FRESH_MS = 1_000

/** Reads the list. */
export async function loadShownScans(journal: ScanReads): Promise<ShownScans> {
  const known = new Map<string, Scan>()
  /** Apart from `known`, because snapshots read states that clients without a snapshot do not have yet. */
  const sent = new Map<string, Scan>()
  let sorted: readonly Scan[] | undefined
  let refreshedAt = performance.now()
  let isComplete = true
  let refreshing: Promise<void> | undefined

  const put = (scan: Scan): void => {
    if (storeNewer(known, scan)) sorted = undefined
  }
  const unfinished = (): Scan[] => [...known.values()].filter(({ done }) => !done)

  const refresh = async (): Promise<void> => {
    const ids = unfinished().map(({ id }) => id)
    const scans = isComplete
      ? await Promise.all(ids.map((id) => journal.scan(id)))
      : await readShownScans(journal)
    isComplete = true
    for (const scan of scans) if (scan) put(scan)
    refreshedAt = performance.now()
  }

  for (const scan of await readShownScans(journal)) put(scan)
  return {
    unfinished,
    send: (scan) => {
      put(scan)
      return storeNewer(sent, scan)
    },
    remove: (scanId) => {
      sent.delete(scanId)
      if (!known.delete(scanId)) return
      sorted = undefined
      // An older scan is now one of the newest.
      isComplete = false
    },
    read: async () => {
      if (!isComplete || performance.now() - refreshedAt > FRESH_MS) {
        refreshing ??= refresh().finally(() => (refreshing = undefined))
        await refreshing
      }
      sorted ??= selectShown(known)
      for (const scanId of sent.keys()) if (!known.has(scanId)) sent.delete(scanId)
      return sorted
    },
  }
}

/** False when the map holds this or a newer state of the scan. */
function storeNewer(scans: Map<string, Scan>, scan: Scan): boolean {
  const before = scans.get(scan.id)
  if (before && !isNewerState(scan, before)) return false
  scans.set(scan.id, scan)
  return true
}

/** A read that started earlier may end later. */
function isNewerState(scan: Scan, before: Scan): boolean {
  if (scan.lastSeq !== before.lastSeq) return scan.lastSeq > before.lastSeq
  return JSON.stringify(scan) !== JSON.stringify(before)
}

async function readShownScans(journal: ScanReads): Promise<Scan[]> {
  const [newest, active] = await Promise.all([
    journal.scans({ limit: NEWEST }),
    journal.activeScanIds(),
  ])
  const listed = new Set(newest.data.map(({ id }) => id))
  const older = active.filter((id) => !listed.has(id))
  const scans = await Promise.all(older.map((id) => journal.scan(id)))
  return [...newest.data, ...scans.flatMap((scan) => scan ?? [])]
}

/** Ids are UUIDv7, so their order is the order of time. Drops the scans that are not shown. */
function selectShown(known: Map<string, Scan>): readonly Scan[] {
  const sorted = [...known.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1))
  const shown = sorted.filter(({ done }, index) => !done || index < NEWEST)
  known.clear()
  for (const scan of shown) known.set(scan.id, scan)
  return shown
}
