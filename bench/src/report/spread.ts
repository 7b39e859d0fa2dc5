import { median } from '../measures/median.ts'

/** The median with the least and the most in brackets; one number when all look the same. */
export function spread(values: number[], digits: number): string {
  const show = (value: number): string => value.toFixed(digits)
  const [least, most] = [show(Math.min(...values)), show(Math.max(...values))]
  return least === most ? least : `${show(median(values))} (${least}–${most})`
}
