import type { Marker } from './find-markers.ts'

interface Words {
  words: readonly string[]
  /** How many of them are needed. */
  least: number
}

/**
 * Looks for words in a text. The function answers the index before which `least` of them stand behind a start, and undefined
 * when fewer do. Starts must not fall; all calls together take time in proportion to the text.
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

/** Whether an index lies inside of one of these strings, which are in order. Indexes must not fall. */
export function followStrings(strings: [from: number, to: number][]): (index: number) => boolean {
  let position = 0
  return (index) => {
    while ((strings[position]?.[1] ?? Infinity) <= index) position += 1
    const from = strings[position]?.[0]
    return from !== undefined && from < index
  }
}

/** Where the next tag stands that ends reasoning. Indexes must not fall. */
export function followClosing(markers: Marker[]): (index: number) => number | undefined {
  const closing = markers.filter(({ kind }) => kind === 'closes')
  let position = 0
  return (index) => {
    while ((closing[position]?.index ?? Infinity) < index) position += 1
    return closing[position]?.index
  }
}
