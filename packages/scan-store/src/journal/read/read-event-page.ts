import { z } from 'zod'
import {
  STORED_EVENTS,
  type StoredEvent,
  type StoredEventType,
} from '@capstan/shared/contract/scan/scan-event'
import type { JournalStore } from '../journal-store.ts'
import type { EventPage } from '../types.ts'

const EventFields = z.object({
  type: z.string().refine((type): type is StoredEventType => Object.hasOwn(STORED_EVENTS, type)),
  at: z.coerce.number(),
  data: z.string(),
})
const EventRecord = z.record(z.string(), z.unknown())

/** Reads stored events after sequence number `after`. `gap` names the sequence numbers that were trimmed. */
export async function readEventPage(
  { redis, keys }: JournalStore,
  scanId: string,
  after: number,
  limit: number,
): Promise<EventPage> {
  // Read before the range: an event that is added in between is in the range and never counts as missing.
  const lastSeq = Number((await redis.hget(keys.scan(scanId), 'seq')) ?? 0)
  const entries = await redis.xrange(keys.scanEvents(scanId), `(${after}-0`, '+', 'COUNT', limit)
  const events = entries.map(([id, fields]) => parseStoredEvent(scanId, id, fields))
  const missingTo = events[0] ? events[0].seq - 1 : lastSeq
  return { events, gap: missingTo > after ? { from: after + 1, to: missingTo } : null }
}

/** Parses one stream entry. */
export function parseStoredEvent(scanId: string, id: string, fields: string[]): StoredEvent {
  const entries: [string, string][] = []
  for (let index = 0; index + 1 < fields.length; index += 2) {
    entries.push([fields[index] ?? '', fields[index + 1] ?? ''])
  }
  const { type, at, data } = EventFields.parse(Object.fromEntries(entries))
  return {
    id,
    seq: Number(id.split('-')[0]),
    scanId,
    type,
    at: new Date(at).toISOString(),
    data: formatTimes(EventRecord.parse(JSON.parse(data))),
  }
}

/** Scripts store times in milliseconds; the contract has RFC 3339. */
function formatTimes({
  nextAttemptAtMs,
  ...data
}: Record<string, unknown>): Record<string, unknown> {
  if (typeof nextAttemptAtMs !== 'number') return data
  return { ...data, nextAttemptAt: new Date(nextAttemptAtMs).toISOString() }
}
