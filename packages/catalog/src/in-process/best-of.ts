export type Ranked = [id: string, score: number]

/** The `count` with the highest scores, best first; equal ones in one order on every replica. */
export function bestOf(found: Ranked[], count: number): Ranked[] {
  return found.toSorted(byScore).slice(0, count)
}

function byScore([a, scoreA]: Ranked, [b, scoreB]: Ranked): number {
  return scoreB - scoreA || (a < b ? -1 : 1)
}
