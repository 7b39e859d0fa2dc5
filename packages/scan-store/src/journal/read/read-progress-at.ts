import { createProgressReplay } from '@capstan/shared/replay-progress'
import type { JournalStore } from '../journal-store.ts'
import type { ProgressAtOutcome } from '../types.ts'
import { readEventPage } from './read-event-page.ts'

/** Decoded in about 4 ms, so that other requests are answered in between. */
const PAGE = 200

/**
 * Replays the events of a scan up to number `seq`. Each change of a counter is an event of the same step, so the counters are those
 * that a snapshot with this number showed. Needs all events from the first one on.
 */
export async function readProgressAt(
  store: JournalStore,
  scanId: string,
  seq: number,
): Promise<ProgressAtOutcome> {
  const replay = createProgressReplay()
  let at: string | null = null
  for (let after = 0; after < seq;) {
    const { events, gap } = await readEventPage(store, scanId, after, Math.min(PAGE, seq - after))
    if (gap) return { outcome: 'trimmed', kept: events[0]?.seq ?? null }
    const last = events.at(-1)
    if (!last) return { outcome: 'absent' }
    for (const event of events) replay.apply(event)
    after = last.seq
    at = last.at
  }
  return { outcome: 'found', seq, at, progress: replay.read() }
}
