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
