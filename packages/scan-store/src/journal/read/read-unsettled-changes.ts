import type { JournalStore } from '../journal-store.ts'
import { parseScanChange, PROGRESS_EVERY_MS, type ScanChange } from './scan-change.ts'

export interface UnsettledChanges {
  /** Stream id of the last change before the unsettled ones. */
  position: string
  changes: ScanChange[]
}

/**
 * Reads the changes up to stream id `newest` whose scans may still change without another entry: those from the first `progress`
 * within PROGRESS_EVERY_MS before it.
 */
export async function readUnsettledChanges(
  { redis, keys }: Pick<JournalStore, 'redis' | 'keys'>,
  newest: string,
): Promise<UnsettledChanges> {
  const sinceMs = Math.max(0, Number(newest.split('-')[0]) - PROGRESS_EVERY_MS)
  const entries = await redis.xrange(keys.scanChanges, String(sinceMs), newest)
  const recent = entries.map(([id, fields]) => parseScanChange(id, fields))
  const first = recent.findIndex(({ kind }) => kind === 'progress')
  if (first === -1) return { position: newest, changes: [] }
  const changes = recent.slice(first)
  const before = `(${changes[0]?.id ?? newest}`
  const [settled] = await redis.xrevrange(keys.scanChanges, before, '-', 'COUNT', 1)
  return { position: settled?.[0] ?? '0-0', changes }
}
