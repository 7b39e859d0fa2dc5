import { STOP_WORDS } from '@capstan/shared/text/stop-words'

export interface TextPart {
  text: string
  isMatch: boolean
}

/** Words of this length or less match only as a whole: `s3`, `db`. */
const SHORT = 3
/** Endings that plural and verb forms add to a stem. */
const ENDINGS = /(?:ies|es|s|ing|ed|y)$/

/** Splits a text into parts, and marks the words that begin like a word of the query. */
export function splitMatches(text: string, query: string): TextPart[] {
  const words = [...query.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)].map(([word]) => word)
  const stems = words.filter((word) => !STOP_WORDS.has(word)).map(toStem)
  const parts: TextPart[] = []
  let from = 0
  for (const { 0: word, index } of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    if (!stems.some((stem) => isMatch(word.toLowerCase(), stem))) continue
    if (index > from) parts.push({ text: text.slice(from, index), isMatch: false })
    parts.push({ text: word, isMatch: true })
    from = index + word.length
  }
  if (from < text.length) parts.push({ text: text.slice(from), isMatch: false })
  return parts
}

function isMatch(word: string, stem: string): boolean {
  return stem.length <= SHORT ? toStem(word) === stem : word.startsWith(stem)
}

function toStem(word: string): string {
  if (word.length <= SHORT) return word
  const stem = word.replace(ENDINGS, '')
  return stem.length < SHORT ? word : stem
}
