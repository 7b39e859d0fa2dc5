/** Share of answerable queries up to which the curve is drawn. */
const MAX_LOST = 0.3

/**
 * The ROC curve of a score: for each threshold, the percentage of answerable queries below it (x) and of impossible
 * questions below it (y).
 */
export function drawTradeOff(
  answerable: number[],
  impossible: number[],
): { x: number; y: number }[] {
  const thresholds = [...answerable, ...impossible].toSorted((a, b) => a - b)
  return thresholds
    .map((threshold) => ({
      x: 100 * computeShareBelow(answerable, threshold),
      y: 100 * computeShareBelow(impossible, threshold),
    }))
    .filter(({ x }) => x <= 100 * MAX_LOST)
}

/** Share of pairs in which the answerable query has the higher score (area under the ROC curve). */
export function computeOrderedShare(answerable: number[], impossible: number[]): number {
  const pairs = answerable.flatMap((one): number[] =>
    impossible.map((other) => (one === other ? 0.5 : one > other ? 1 : 0)),
  )
  return pairs.reduce((sum, value) => sum + value, 0) / pairs.length
}

/** The smallest rate that a threshold keeps both errors at or below. */
export function computeEqualErrorRate(answerable: number[], impossible: number[]): number {
  const rates = [...answerable, ...impossible].map((threshold) =>
    Math.max(
      computeShareBelow(answerable, threshold),
      1 - computeShareBelow(impossible, threshold),
    ),
  )
  return Math.min(1, ...rates)
}

function computeShareBelow(all: number[], threshold: number): number {
  return all.filter((one) => one < threshold).length / all.length
}
