export interface StreamFaults {
  /** Stored events that a reader did not get. */
  missing: number
  /** Stored events that a reader got again. */
  doubled: number
}

/** The faults of all readers together; `idsOfReaders` are the frames of each, as checkStream takes them. */
export function checkStreams(idsOfReaders: string[][], lastSeq: number): StreamFaults {
  const all = idsOfReaders.map((ids) => checkStream(ids, lastSeq))
  return {
    missing: all.reduce((total, { missing }) => total + missing, 0),
    doubled: all.reduce((total, { doubled }) => total + doubled, 0),
  }
}

/**
 * Compares what a reader saw with the events of a scan, which end with number `lastSeq`. `ids` are those of the frames in
 * their order; a frame without one is no stored event. A stream begins with a summary of what came before.
 */
function checkStream(ids: string[], lastSeq: number): StreamFaults {
  const numbers = ids.filter((id) => id !== '').map((id) => Number(id.split('-')[0]))
  const distinct = new Set(numbers)
  const first = numbers[0] ?? 1
  return { missing: lastSeq - first + 1 - distinct.size, doubled: numbers.length - distinct.size }
}
