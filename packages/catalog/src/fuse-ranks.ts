/** Of the paper on reciprocal rank fusion; a small k would let one list's first decide alone. */
export const RRF_K = 60

/**
 * One order out of several, by places and never by scores, which cannot be compared: each list gives its n-th
 * (from 0) 1 / (k + n).
 */
export function fuseRanks(lists: string[][]): Map<string, number> {
  const scores = new Map<string, number>()
  for (const list of lists) {
    for (const [place, id] of list.entries()) {
      scores.set(id, (scores.get(id) ?? 0) + 1 / (RRF_K + place))
    }
  }
  return scores
}
