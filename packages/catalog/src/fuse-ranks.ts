/** The value of the paper on reciprocal rank fusion. A small k lets the first entry of one list win alone. */
export const RRF_K = 60

/**
 * Reciprocal rank fusion: the entry at index n of a list scores 1 / (k + n), and the scores of all lists add up. Scores of
 * different lists are not comparable, ranks are.
 */
export function fuseRanks(lists: string[][]): Map<string, number> {
  const scores = new Map<string, number>()
  for (const list of lists) {
    for (const [index, id] of list.entries()) {
      scores.set(id, (scores.get(id) ?? 0) + 1 / (RRF_K + index))
    }
  }
  return scores
}
