import { computeMedian } from './median.ts'

/** Median time beside something over the median time alone: 1.05 is 5 % slower. NaN when either was not measured. */
export function computeSlowdown(aloneMs: number[], besideMs: number[]): number {
  return computeMedian(besideMs) / computeMedian(aloneMs)
}
