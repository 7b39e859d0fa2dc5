export type ScoredId = [id: string, score: number]

/** The `count` with the highest scores, best first; equal ones in one order on every replica. */
export function selectBest(found: ScoredId[], count: number): ScoredId[] {
  return found.toSorted(byScore).slice(0, count)
}

function byScore([a, scoreA]: ScoredId, [b, scoreB]: ScoredId): number {
  return scoreB - scoreA || (a < b ? -1 : 1)
}
