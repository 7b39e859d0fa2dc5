import { openJsonWriter } from './json-writer.ts'
import { readLooseToken } from './loose-token.ts'

export interface LooseJson {
  /** Strict JSON; undefined when the text is no JSON in any form known here. */
  json: string | undefined
  /** Index after what was read. */
  end: number
  /** False: closing brackets were missing, and `json` has them. */
  isClosed: boolean
  /** Where its strings stand in the text. */
  strings: [from: number, to: number][]
}

/**
 * Rewrites the loose JSON at `start`, a bracket, as strict JSON in one pass: comments, single and curly quotes, unescaped quotes
 * and line breaks in strings, keys and words without quotes, Python's literals and tuples, commas too few or too many, missing
 * brackets. Takes time in proportion to its length and no stack. Reads as far as `limit`.
 */
export function rewriteLooseJson(text: string, start: number, limit: number): LooseJson {
  const writer = openJsonWriter()
  const strings: LooseJson['strings'] = []
  let index = start
  while (index < limit && !isAtEnd(text, index)) {
    const token = readLooseToken(text, index, limit, writer.place())
    if ('isString' in token && token.isString) strings.push([index, token.end])
    index = token.end
    if (!writer.write(token)) return { json: undefined, end: index, isClosed: false, strings }
    if (writer.isClosed()) return { json: writer.complete(), end: index, isClosed: true, strings }
  }
  return { json: writer.complete(), end: index, isClosed: false, strings }
}

/** A tag or the end of a fence: what is open there does not close any more. */
function isAtEnd(text: string, index: number): boolean {
  return text.charAt(index) === '<' || text.startsWith('```', index)
}
