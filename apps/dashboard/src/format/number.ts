const format = new Intl.NumberFormat('en')

/** Formats a count with thousands separators: `2,235`. */
export function formatNumber(count: number): string {
  return format.format(count)
}
