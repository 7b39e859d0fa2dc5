import { HIDDEN_MARK } from '@capstan/shared/inference/suspicion/hidden-mark'
import { hasHiddenText } from '@capstan/shared/text/has-hidden-text'

/** What is shown of a text, with a mark when the beginning of its source has hidden characters. */
export function withHiddenMark(shown: string, source: string): string {
  return hasHiddenText(source.slice(0, SEARCHED)) ? `${shown} ${HIDDEN_MARK}`.trim() : shown
}

/** A few times the longest text that is shown: hidden characters take room in the source alone. */
const SEARCHED = 4_000
