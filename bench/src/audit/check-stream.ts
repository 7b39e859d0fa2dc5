export interface StreamFaults {
  /** Stored events that a reader did not get. */
  missing: number
  /** Stored events that a reader got again. */
  doubled: number
}

/**
 * Compares what a reader saw with the events of a scan, which end with number `lastSeq`. `ids` are those of the frames in
 * their order; a frame without one is no stored event. A stream begins with a summary of what came before.
 */
export function checkStream(ids: string[], lastSeq: number): StreamFaults {
  const numbers = ids.filter((id) => id !== '').map((id) => Number(id.split('-')[0]))
  const distinct = new Set(numbers)
  const first = numbers[0] ?? 1
  return { missing: lastSeq - first + 1 - distinct.size, doubled: numbers.length - distinct.size }
}
