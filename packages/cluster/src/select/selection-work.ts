/** How much was compared to choose types; tests and the benchmark bound it. */
export interface SelectionWork {
  /** Pairs of a pattern and a spelling of a type. */
  comparisons: number
  /** Characters of those spellings. */
  characters: number
}
