/**
 * How many letters must be inserted, deleted, changed or swapped with their neighbor to turn one text into the other;
 * Infinity when that is more than `most`. Compares a band of `2 * most + 1` letters for each letter.
 */
export function editDistance(a: string, b: string, most: number): number {
  if (!mayBeNear(a, b, most)) return Number.POSITIVE_INFINITY
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const { now, least } = nextRow({ a, b, row, most, last, before })
    // No later row can be less: a swap adds one to the row before the last, which is at most one below the last.
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

/** Distances of the first `row` letters of one text to each beginning of the other; outside of the band there is none. */
function nextRow({ a, b, row, most, last, before }: Rows): { now: number[]; least: number } {
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

/** Of nearly all pairs of names this excludes the distance, and costs a fraction: one change alters two letters at most. */
function mayBeNear(a: string, b: string, most: number): boolean {
  if (Math.abs(a.length - b.length) > most) return false
  let different = lettersOf(a) ^ lettersOf(b)
  for (let found = 0; different !== 0; found += 1) {
    if (found === 2 * most) return false
    different &= different - 1
  }
  return true
}

/** A bit for each letter that the text has. */
function lettersOf(text: string): number {
  let letters = 0
  for (let index = 0; index < text.length; index += 1) {
    letters |= 1 << (text.charCodeAt(index) & 31)
  }
  return letters
}
