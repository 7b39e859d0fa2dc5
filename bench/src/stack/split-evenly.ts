/** Splits `total` into integer parts as evenly as possible, larger ones first: 10 over 4 is 3, 3, 2, 2. */
export function splitEvenly(total: number, parts: number): number[] {
  if (total < parts) throw new Error(`${total} cannot be shared out to ${parts} with one at least`)
  return Array.from({ length: parts }, (_, index) => Math.ceil((total - index) / parts))
}
