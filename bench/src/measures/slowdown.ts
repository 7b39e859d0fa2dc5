import { computeMedian } from './median.ts'

/** Median time beside another scan / median time alone: 1.05 is 5 % slower. NaN without values. */
export function computeSlowdown(aloneMs: number[], besideMs: number[]): number {
  return computeMedian(besideMs) / computeMedian(aloneMs)
}
