/** Deeper JSON is not parsed: no answer has that depth, and recursive readers must not exhaust the stack. */
export const MAX_DEPTH = 64

interface ClosingSearch {
  /** Index after the closing bracket. Undefined: there is none. */
  end: number | undefined
  /** Number of characters read. */
  scanned: number
}

/** Finds the end of the strict JSON object or list at `start`, up to `limit`. */
export function findClosing(text: string, start: number, limit: number): ClosingSearch {
  const expected: string[] = []
  for (let index = start; index < limit; index += 1) {
    const char = text.charAt(index)
    if (char === '"') index = findQuote(text, index + 1, limit)
    else if (char === '{') expected.push('}')
    else if (char === '[') expected.push(']')
    else if ((char === '}' || char === ']') && expected.pop() !== char) break
    const end = index + 1
    if (expected.length === 0) return { end, scanned: end - start }
    if (expected.length > MAX_DEPTH) return { end: undefined, scanned: end - start }
  }
  return { end: undefined, scanned: limit - start }
}

/** Index of the quote that ends a string, or `limit`. */
function findQuote(text: string, from: number, limit: number): number {
  for (let index = from; index < limit; index += 1) {
    const char = text.charAt(index)
    if (char === '"') return index
    if (char === '\\') index += 1
  }
  return limit
}
