/**
 * Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and swaps of neighbors.
 * Infinity when it exceeds `most`. Computes a band of `2 * most + 1` columns per row.
 */
export function editDistance(a: string, b: string, most: number): number {
  if (!mayBeNear(a, b, most)) return Number.POSITIVE_INFINITY
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const { now, least } = computeNextRow({ a, b, row, most, last, before })
    // The minimum of the rows never decreases: a swap adds one to the row before the last, which is at most one lower.
    if (least > most) return Number.POSITIVE_INFINITY
    before = last
    last = now
  }
  const distance = at(last, b.length)
  return distance > most ? Number.POSITIVE_INFINITY : distance
}

interface Rows {
  a: string
  b: string
  row: number
  most: number
  last: number[]
  before: number[]
}

/** Distances of the first `row` letters of one text to each prefix of the other, within the band. */
function computeNextRow({ a, b, row, most, last, before }: Rows): { now: number[]; least: number } {
  const first = Math.max(1, row - most)
  const now: number[] = []
  now[first - 1] = first === 1 ? row : Number.POSITIVE_INFINITY
  let least = at(now, first - 1)
  for (let column = first; column <= Math.min(b.length, row + most); column += 1) {
    const isSame = a[row - 1] === b[column - 1]
    const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
    const distance = Math.min(
      at(last, column - 1) + (isSame ? 0 : 1),
      at(last, column) + 1,
      at(now, column - 1) + 1,
      isSwapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
    )
    now[column] = distance
    least = Math.min(least, distance)
  }
  return { now, least }
}

function at(row: number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}

/** Cheap lower bound that rejects nearly all pairs of names: one edit changes at most two bits of the letter sets. */
function mayBeNear(a: string, b: string, most: number): boolean {
  if (Math.abs(a.length - b.length) > most) return false
  let different = buildLetterSet(a) ^ buildLetterSet(b)
  for (let found = 0; different !== 0; found += 1) {
    if (found === 2 * most) return false
    different &= different - 1
  }
  return true
}

/** Bit set of the letters of a text. */
function buildLetterSet(text: string): number {
  let letters = 0
  for (let index = 0; index < text.length; index += 1) {
    letters |= 1 << (text.charCodeAt(index) & 31)
  }
  return letters
}
