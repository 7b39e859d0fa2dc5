/** Replaces hidden characters that were removed from a text of an outline. */
export const HIDDEN_MARK = '[hidden characters removed]'
