import type { SeenEvent } from '@capstan/testkit/follow-events'

export interface StreamFaults {
  /** Stored events that a reader did not get. */
  missing: number
  /** Stored events that a reader got again. */
  doubled: number
}

/** Compares what a reader saw with the events of a scan, which are numbered from 1 to `lastSeq`. */
export function checkStream(events: SeenEvent[], lastSeq: number): StreamFaults {
  const numbers = events.filter(({ id }) => id !== '').map(({ id }) => Number(id.split('-')[0]))
  const distinct = new Set(numbers)
  return { missing: lastSeq - distinct.size, doubled: numbers.length - distinct.size }
}
