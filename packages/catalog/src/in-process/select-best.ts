export type ScoredId = [id: string, score: number]

/** The `count` entries with the highest scores, best first. Equal scores are ordered by id, on every replica alike. */
export function selectBest(found: ScoredId[], count: number): ScoredId[] {
  return found.toSorted(byScore).slice(0, count)
}

function byScore([a, scoreA]: ScoredId, [b, scoreB]: ScoredId): number {
  return scoreB - scoreA || (a < b ? -1 : 1)
}
