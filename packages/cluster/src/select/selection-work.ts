/** Number of comparisons of a selection. Tests and a benchmark limit it. */
export interface SelectionWork {
  /** Pairs of a pattern and a spelling of a type. */
  comparisons: number
  /** Characters of those spellings. */
  characters: number
}
