import { buildProgress } from '@capstan/shared/build-progress'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type { StoredEvent } from '@capstan/shared/contract/scan/scan-event'
import { STATUS_AFTER_EVENT } from '@capstan/shared/contract/scan/status-after-event'
import type { JournalStore } from '../journal-store.ts'
import type { ProgressAtOutcome } from '../types.ts'
import { readEventPage } from './read-event-page.ts'

const PAGE = 500

/**
 * Replays the events of a scan up to number `seq`. Each change of a counter is an event of the same step, so the counters are those
 * that a snapshot with this number showed. Needs all events from the first one on.
 */
export async function readProgressAt(
  store: JournalStore,
  scanId: string,
  seq: number,
): Promise<ProgressAtOutcome> {
  const replay: Replay = { total: null, statuses: new Map(), at: null }
  for (let after = 0; after < seq;) {
    const { events, gap } = await readEventPage(store, scanId, after, Math.min(PAGE, seq - after))
    if (gap) return { outcome: 'trimmed', kept: events[0]?.seq ?? null }
    const last = events.at(-1)
    if (!last) return { outcome: 'absent' }
    for (const event of events) apply(replay, event)
    after = last.seq
  }
  return { outcome: 'found', seq, at: replay.at, progress: count(replay) }
}

interface Replay {
  total: number | null
  statuses: Map<string, ItemStatus>
  at: string | null
}

function apply(replay: Replay, { type, data, at }: StoredEvent): void {
  const { resource, total } = data
  const status = STATUS_AFTER_EVENT.get(type)
  if (type === 'scan.started' && typeof total === 'number') replay.total = total
  if (status !== undefined && typeof resource === 'string') replay.statuses.set(resource, status)
  replay.at = at
}

/** Types without an event are queued. */
function count({
  total,
  statuses,
}: Replay): Extract<ProgressAtOutcome, { outcome: 'found' }>['progress'] {
  const counts = new Map<ItemStatus, number>()
  for (const status of statuses.values()) counts.set(status, (counts.get(status) ?? 0) + 1)
  counts.set('queued', (counts.get('queued') ?? 0) + (total ?? 0) - statuses.size)
  return buildProgress(total, (status) => counts.get(status) ?? 0)
}
