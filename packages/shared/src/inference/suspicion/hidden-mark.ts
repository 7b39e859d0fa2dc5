/** Replacement for hidden characters in the texts of an outline. */
export const HIDDEN_MARK = '[hidden characters removed]'
