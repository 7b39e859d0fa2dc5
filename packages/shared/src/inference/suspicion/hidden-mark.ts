/** Stands in an outline in place of hidden characters that were removed from a text. */
export const HIDDEN_MARK = '[hidden characters removed]'
