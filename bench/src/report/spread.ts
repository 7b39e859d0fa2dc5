import { computeMedian } from '../measures/median.ts'

/** Formats the median, with minimum and maximum in brackets when they differ: `3.1 (2.9–3.4)`. */
export function formatSpread(values: number[], digits: number): string {
  const show = (value: number): string => value.toFixed(digits)
  const [least, most] = [show(Math.min(...values)), show(Math.max(...values))]
  return least === most ? least : `${show(computeMedian(values))} (${least}–${most})`
}
