/** Opening quotes of strings in loose JSON, with their closing quotes. */
export const QUOTES = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”"'],
  ['‘', '’'],
])

export type StringPlace = 'key' | 'member' | 'item'

interface LooseString {
  /** Index after the closing quote. */
  end: number
  /** The string as strict JSON. */
  json: string
}

/**
 * Reads the string at `start`, up to `limit`. Undefined for an unclosed string. A quote closes the string only where a string
 * can end, so that inner quotes need no escape.
 */
export function readLooseString(
  text: string,
  start: number,
  limit: number,
  place: StringPlace,
): LooseString | undefined {
  const closing = QUOTES.get(text.charAt(start)) ?? ''
  for (let index = start + 1; index < limit; index += 1) {
    const char = text.charAt(index)
    if (char === '\\') index += 1
    else if (closing.includes(char) && canEndAt(text, index + 1, place)) {
      return { end: index + 1, json: readStrictString(text.slice(start + 1, index)) }
    }
  }
  return undefined
}

const NOT_SPACE = /[^\s]/g
/** Valid text after a comma in an object: the next key, a closing bracket, a comment or the end. */
const NEXT_MEMBER =
  /\s{0,65536}(?:$|[}\]/#]|["'“‘`][^"'”’`\\\n]{1,80}["'”’`]\s*:|[A-Za-z_][\w-]{0,80}\s*:)/y
/** Valid text after a comma in a list. */
const NEXT_ITEM = /\s{0,65536}(?:$|[})\]{[/#"'“‘`.]|-?\d|null|None|true|false)/y

const AFTER = {
  member: { closing: '}]', following: NEXT_MEMBER },
  item: { closing: '}])', following: NEXT_ITEM },
}

function canEndAt(text: string, from: number, place: StringPlace): boolean {
  const next = nextAfterSpace(text, from)
  const char = text.charAt(next)
  if (char === '' || isComment(text, next)) return true
  if (place === 'key') return char === ':'
  const { closing, following } = AFTER[place]
  if (closing.includes(char)) return true
  if (char === ',') return matchesAt(following, text, next + 1)
  // A missing comma is recognized only before white space and a quote.
  return next > from && QUOTES.has(char) && matchesAt(following, text, next)
}

/** Whether a comment of JavaScript or Python starts at `at`. */
export function isComment(text: string, at: number): boolean {
  return text.startsWith('//', at) || text.startsWith('/*', at) || text.charAt(at) === '#'
}

function nextAfterSpace(text: string, from: number): number {
  NOT_SPACE.lastIndex = from
  return NOT_SPACE.exec(text)?.index ?? text.length
}

/** Matches a sticky pattern at `at`. */
export function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(text)
}

// A valid escape, any other escape, or a character that strict JSON requires to be escaped.
// oxlint-disable-next-line eslint/no-control-regex -- matches control characters
const TO_ESCAPE = /\\(u[0-9a-fA-F]{4}|["\\/bfnrt])|\\([^])|["\u0000-\u001F]|\\$/g

function readStrictString(raw: string): string {
  const escaped = raw.replace(TO_ESCAPE, (match, valid?: string, other?: string) => {
    if (valid !== undefined) return match
    return JSON.stringify(other ?? (match === '\\' ? '' : match)).slice(1, -1)
  })
  return `"${escaped}"`
}
