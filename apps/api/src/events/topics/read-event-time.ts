import type { Journal } from '@capstan/scan-store/journal/types'

/** Returns the time of an event of a scan; undefined for an unknown event, and for number 0. */
export async function readEventTimeMs(
  journal: Pick<Journal, 'events'>,
  scanId: string,
  seq: number,
): Promise<number | undefined> {
  if (seq === 0) return undefined
  const [event] = (await journal.events(scanId, seq - 1, 1)).events
  return event?.seq === seq ? Date.parse(event.at) : undefined
}
