export interface StreamFaults {
  /** Stored events that a reader did not receive. */
  missing: number
  /** Stored events that a reader received twice. */
  doubled: number
}

/** Faults of all readers together; `idsOfReaders` are the frame ids of each reader. */
export function checkStreams(idsOfReaders: string[][], lastSeq: number): StreamFaults {
  const all = idsOfReaders.map((ids) => checkStream(ids, lastSeq))
  return {
    missing: all.reduce((total, { missing }) => total + missing, 0),
    doubled: all.reduce((total, { doubled }) => total + doubled, 0),
  }
}

/**
 * Compares the received events with those of a scan whose last event has number `lastSeq`. `ids` are those of
 * the frames in order; a frame without an id is not a stored event. A stream starts with a snapshot of
 * earlier events.
 */
function checkStream(ids: string[], lastSeq: number): StreamFaults {
  const numbers = ids.filter((id) => id !== '').map((id) => Number(id.split('-')[0]))
  const distinct = new Set(numbers)
  const first = numbers[0] ?? 1
  return { missing: lastSeq - first + 1 - distinct.size, doubled: numbers.length - distinct.size }
}
