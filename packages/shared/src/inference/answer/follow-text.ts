import type { Marker } from './find-markers.ts'

interface Words {
  words: readonly string[]
  /** Required number of words. */
  least: number
}

/**
 * Finds words in a text. The returned function takes a start index and returns the index of the word that completes `least`
 * words after it; undefined for fewer words. Start indexes must not decrease. All calls together take linear time.
 */
export function followWords(
  text: string,
  { words, least }: Words,
): (start: number) => number | undefined {
  const next = words.map((word) => ({ word, index: -1 }))
  let ahead: number[] = []
  let isValidUntil = -1
  return (start) => {
    if (start > isValidUntil) {
      for (const one of next) {
        if (one.index < start) one.index = indexFrom(text, one.word, start)
      }
      ahead = next.map(({ index }) => index).toSorted((one, other) => one - other)
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

/** Returns true for an index inside one of the sorted strings. Indexes must not decrease. */
export function followStrings(strings: [from: number, to: number][]): (index: number) => boolean {
  let position = 0
  return (index) => {
    while ((strings[position]?.[1] ?? Infinity) <= index) position += 1
    const from = strings[position]?.[0]
    return from !== undefined && from < index
  }
}

/** Returns the index of the next tag that ends reasoning. Indexes must not decrease. */
export function followClosing(markers: Marker[]): (index: number) => number | undefined {
  const closing = markers.filter(({ kind }) => kind === 'closes')
  let position = 0
  return (index) => {
    while ((closing[position]?.index ?? Infinity) < index) position += 1
    return closing[position]?.index
  }
}
