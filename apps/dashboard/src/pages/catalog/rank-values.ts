/** Orders the values of a facet by count, the chosen one first. Values without a type are left out, unless chosen. */
export function rankValues(
  counts: Record<string, number>,
  chosen: string,
): [value: string, count: number][] {
  const all = Object.entries(chosen === '' ? counts : { [chosen]: 0, ...counts })
  return all
    .filter(([value, count]) => count > 0 || value === chosen)
    .toSorted(([a, countA], [b, countB]) => {
      if (a === chosen || b === chosen) return a === chosen ? -1 : 1
      return countB - countA || a.localeCompare(b)
    })
}
