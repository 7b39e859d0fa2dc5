const MOST = 50

/** The first 50 warnings, and in one more sentence how many there are beside them. */
export function capWarnings(warnings: readonly string[]): string[] {
  const more = warnings.length - MOST
  return more > 0
    ? [...warnings.slice(0, MOST), `And ${more} more warnings of this kind.`]
    : [...warnings]
}
