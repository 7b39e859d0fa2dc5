/** Spelling of at most this many wrong letters, or a third of them in short names. */
const MAX_DISTANCE = 4
const MOST = 5

/** Names that somebody who wrote `asked` may have meant, the nearest first. */
export function nearNames(
  asked: string,
  candidates: Iterable<{ resource: string; spellings: readonly string[] }>,
): string[] {
  const wanted = asked.toLowerCase().slice(0, 253)
  const limit = Math.min(MAX_DISTANCE, Math.max(1, Math.floor(wanted.length / 3)))
  const near: { resource: string; distance: number }[] = []
  for (const { resource, spellings } of candidates) {
    const distance = Math.min(...spellings.map((one) => distanceTo(wanted, one, limit)))
    if (distance <= limit) near.push({ resource, distance })
  }
  const sorted = near.toSorted(
    (a, b) => a.distance - b.distance || (a.resource < b.resource ? -1 : 1),
  )
  return [...new Set(sorted.map(({ resource }) => resource))].slice(0, MOST)
}

/** A part of a name is nearly as good as a slip of the pen. */
function distanceTo(wanted: string, name: string, limit: number): number {
  if (wanted.length >= 4 && name.includes(wanted)) return 1
  return Math.abs(wanted.length - name.length) > limit ? Infinity : editDistance(wanted, name)
}

/** Levenshtein's distance; two neighbours in the wrong order count as one. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(
        Math.min(
          at(last, j) + 1,
          at(row, j - 1) + 1,
          at(last, j - 1) + (same ? 0 : 1),
          swapped ? at(before, j - 2) + 1 : Infinity,
        ),
      )
    }
    before = last
    last = row
  }
  return at(last, b.length)
}

function at(row: number[], index: number): number {
  return row[index] ?? Infinity
}
