import type { Marker } from './find-markers.ts'

interface Words {
  words: readonly string[]
  /** Number of different words that must occur. */
  least: number
}

/**
 * Creates a function that takes a start index and returns the index at which `least` of the words have occurred after it;
 * undefined if fewer occur. Start indexes must not decrease. All calls together take linear time.
 */
export function createWordScanner(
  text: string,
  { words, least }: Words,
): (start: number) => number | undefined {
  const next = words.map((word) => ({ word, index: -1 }))
  let ahead: number[] = []
  let isValidUntil = -1
  return (start) => {
    if (start > isValidUntil) {
      for (const entry of next) {
        if (entry.index < start) entry.index = indexFrom(text, entry.word, start)
      }
      ahead = next.map(({ index }) => index).toSorted((a, b) => a - b)
      isValidUntil = ahead[0] ?? Infinity
    }
    const reached = ahead[least - 1] ?? Infinity
    return reached === Infinity ? undefined : reached
  }
}

function indexFrom(text: string, word: string, start: number): number {
  const index = text.indexOf(word, start)
  return index === -1 ? Infinity : index
}

/** Creates a test whether an index is inside one of the sorted strings. Indexes must not decrease. */
export function createStringScanner(
  strings: [from: number, to: number][],
): (index: number) => boolean {
  let position = 0
  return (index) => {
    while ((strings[position]?.[1] ?? Infinity) <= index) position += 1
    const from = strings[position]?.[0]
    return from !== undefined && from < index
  }
}

/** Creates a function that returns the index of the next tag that ends reasoning. Indexes must not decrease. */
export function createClosingTagScanner(markers: Marker[]): (index: number) => number | undefined {
  const closing = markers.filter(({ kind }) => kind === 'closes')
  let position = 0
  return (index) => {
    while ((closing[position]?.index ?? Infinity) < index) position += 1
    return closing[position]?.index
  }
}
