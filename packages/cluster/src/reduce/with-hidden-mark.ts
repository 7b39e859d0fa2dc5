import { HIDDEN_MARK } from '@capstan/shared/inference/suspicion/hidden-mark'
import { hasHiddenText } from '@capstan/shared/text/has-hidden-text'

/** Adds a mark to a shown text if the beginning of its source contains hidden characters. */
export function withHiddenMark(shown: string, source: string): string {
  return hasHiddenText(source.slice(0, SEARCH_LENGTH)) ? `${shown} ${HIDDEN_MARK}`.trim() : shown
}

/** Several times the longest shown text, because hidden characters lengthen the source. */
const SEARCH_LENGTH = 4_000
