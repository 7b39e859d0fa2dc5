import { openJsonWriter } from './json-writer.ts'
import { readLooseToken } from './loose-token.ts'

export interface LooseJson {
  /** Strict JSON. Undefined when the text is not JSON in any supported form. */
  json: string | undefined
  /** Index after the parsed text. */
  end: number
  /** False: `json` contains added closing brackets. */
  isClosed: boolean
  /** Positions of its strings in the text. */
  strings: [from: number, to: number][]
}

/**
 * Converts the loose JSON at `start` (a bracket) to strict JSON. Supports comments, single and curly quotes, unescaped quotes
 * and line breaks in strings, unquoted keys and words, Python literals and tuples, missing and extra commas, and missing
 * brackets. One pass in linear time, without recursion, up to `limit`.
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

/** A tag or the end of a code fence ends the JSON, even if brackets are open. */
function isAtEnd(text: string, index: number): boolean {
  return text.charAt(index) === '<' || text.startsWith('```', index)
}
