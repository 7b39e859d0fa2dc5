import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { withHiddenMark } from './with-hidden-mark.ts'

/** Characters that are searched for the end of the first sentence. */
const SEARCH_LENGTH = 600

/** Returns the first sentence of an untrusted description as one line of plain text. */
export function takeFirstSentence(description: string, length: number): string {
  const clean = toPlainText(description, SEARCH_LENGTH)
  const end = clean.search(/(?<!\b(?:e\.g|i\.e|etc|vs))[.;](?:\s|$)/i)
  const sentence = toPlainText(end > 0 ? clean.slice(0, end) : clean, length)
  return withHiddenMark(sentence, description)
}
