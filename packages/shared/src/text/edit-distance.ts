/**
 * How many letters must be put in, left out, changed or swapped with their neighbour to make one word of the other;
 * Infinity when that is more than `most`.
 */
export function editDistance(a: string, b: string, most: number): number {
  if (!mayBeNear(a, b, most)) return Number.POSITIVE_INFINITY
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const now = nextRow({ a, b, row, last, before })
    before = last
    last = now
  }
  const distance = last.at(-1) ?? 0
  return distance > most ? Number.POSITIVE_INFINITY : distance
}

interface Rows {
  a: string
  b: string
  row: number
  last: number[]
  before: number[]
}

/** Distances of the first `row` letters of one word to each beginning of the other. */
function nextRow({ a, b, row, last, before }: Rows): number[] {
  const now = [row]
  for (let column = 1; column <= b.length; column += 1) {
    const changed = a[row - 1] === b[column - 1] ? 0 : 1
    const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
    const costs = [last[column], now[column - 1]].map((cost) => (cost ?? 0) + 1)
    if (swapped) costs.push((before[column - 2] ?? 0) + 1)
    now.push(Math.min((last[column - 1] ?? 0) + changed, ...costs))
  }
  return now
}

/** Of nearly all words of a catalog this says no, and costs a fraction: one change alters two letters at most. */
function mayBeNear(a: string, b: string, most: number): boolean {
  if (Math.abs(a.length - b.length) > most) return false
  let different = lettersOf(a) ^ lettersOf(b)
  for (let found = 0; different !== 0; found += 1) {
    if (found === 2 * most) return false
    different &= different - 1
  }
  return true
}

/** A bit for each letter that it has. */
function lettersOf(word: string): number {
  let letters = 0
  for (let index = 0; index < word.length; index += 1) {
    letters |= 1 << (word.charCodeAt(index) & 31)
  }
  return letters
}
