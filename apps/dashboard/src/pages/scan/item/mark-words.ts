export interface MarkedPart {
  text: string
  isMarked: boolean
}

/** Shorter words occur everywhere. */
const SHORTEST = 4
const FILLERS = new Set(
  'with from that this into over under each other their have been when your which used using uses needs need type types resource resources object objects kubernetes'.split(
    ' ',
  ),
)

/** Collects the words of an answer that are worth finding in a definition, as stems in lower case. */
export function collectWords(texts: readonly string[]): Set<string> {
  const words = texts.flatMap(splitWords).map(toStem)
  return new Set(words.filter((word) => word.length >= SHORTEST && !FILLERS.has(word)))
}

/** Splits a definition into parts, and marks its words that occur in the answer. `backupRetention` is two words. */
export function markWords(text: string, words: ReadonlySet<string>): MarkedPart[] {
  const parts: MarkedPart[] = []
  let from = 0
  for (const { 0: word, index } of text.matchAll(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g)) {
    if (!words.has(toStem(word.toLowerCase()))) continue
    if (index > from) parts.push({ text: text.slice(from, index), isMarked: false })
    parts.push({ text: word, isMarked: true })
    from = index + word.length
  }
  if (from < text.length) parts.push({ text: text.slice(from), isMarked: false })
  return parts
}

function splitWords(text: string): string[] {
  return (text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase())
}

/** Plural and singular are the same word. */
function toStem(word: string): string {
  if (word.endsWith('ies') && word.length > 5) return `${word.slice(0, -3)}y`
  return word.endsWith('s') && !word.endsWith('ss') && word.length > 4 ? word.slice(0, -1) : word
}
