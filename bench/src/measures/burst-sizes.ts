/** Sizes of the bursts, in which each moment is less than `gapMs` after the previous one, in order. */
export function computeBurstSizes(momentsMs: number[], gapMs: number): number[] {
  const sizes: number[] = []
  let before = Number.NEGATIVE_INFINITY
  for (const moment of momentsMs.toSorted((a, b) => a - b)) {
    if (moment - before < gapMs) sizes.push((sizes.pop() ?? 0) + 1)
    else sizes.push(1)
    before = moment
  }
  return sizes
}
