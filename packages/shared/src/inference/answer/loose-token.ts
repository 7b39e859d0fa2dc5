import { isComment, matchesAt, QUOTES, readLooseString, type StringPlace } from './loose-string.ts'

/** A token of loose JSON. `end`: index after it. */
export type LooseToken =
  | { kind: 'open' | 'close'; end: number; isObject: boolean }
  | { kind: 'comma' | 'colon'; end: number }
  /** `json`: the value as strict JSON. `isString`: it has both quotes, so it is complete. */
  | { kind: 'value'; end: number; json: string; isString: boolean }
  /** White space, a comment, or an ellipsis. */
  | { kind: 'nothing'; end: number }
  /** `isString`: a string without a closing quote. */
  | { kind: 'unreadable'; end: number; isString: boolean }

// Bounded, because each repetition may use memory of the regular expression engine, and texts have up to 4 MiB.
const SPACE = /\s{1,65536}/y
const ELLIPSIS = /(?:\.{3}|…)(?=\s{0,1024}[,\]}])/y
const BARE_KEY = /[\w$.-]{1,65536}/y
// Up to the next structural character, or a comment after a space.
const BARE_VALUE = /(?:(?!\s(?:\/\/|\/\*|#))[^,{}[\]"\n:]){1,65536}/y
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const LITERALS = new Map([
  ['true', 'true'],
  ['True', 'true'],
  ['false', 'false'],
  ['False', 'false'],
  ['null', 'null'],
  ['None', 'null'],
  ['undefined', 'null'],
])
type Structure = { kind: 'open' | 'close'; isObject: boolean } | { kind: 'comma' | 'colon' }

/** Parentheses are Python tuples, read as lists. */
const STRUCTURE = new Map<string, Structure>([
  ['{', { kind: 'open', isObject: true }],
  ['[', { kind: 'open', isObject: false }],
  ['(', { kind: 'open', isObject: false }],
  ['}', { kind: 'close', isObject: true }],
  [']', { kind: 'close', isObject: false }],
  [')', { kind: 'close', isObject: false }],
  [',', { kind: 'comma' }],
  [':', { kind: 'colon' }],
])

/** Reads the token at `index`, up to `limit`. `place`: position of a string at this index. */
export function readLooseToken(
  text: string,
  index: number,
  limit: number,
  place: StringPlace,
): LooseToken {
  const ignored = skipIgnored(text, index)
  if (ignored > index) return { kind: 'nothing', end: ignored }
  const char = text.charAt(index)
  const structure = STRUCTURE.get(char)
  if (structure) return { ...structure, end: index + 1 }
  if (QUOTES.has(char)) {
    const read = readLooseString(text, index, limit, place)
    return read
      ? { kind: 'value', ...read, isString: true }
      : { kind: 'unreadable', end: limit, isString: true }
  }
  const end = matchAt(place === 'key' ? BARE_KEY : BARE_VALUE, text, index)
  if (end === index) return { kind: 'unreadable', end, isString: false }
  const word = text.slice(index, end).trim()
  const json = place === 'key' ? JSON.stringify(word) : writeWord(word)
  return { kind: 'value', end, json, isString: false }
}

/** Returns the index after white space, a comment or an ellipsis at `from`, or `from` itself. */
function skipIgnored(text: string, from: number): number {
  if (isComment(text, from)) return skipComment(text, from)
  const space = matchAt(SPACE, text, from)
  return space > from ? space : matchAt(ELLIPSIS, text, from)
}

/** A block comment ends behind its mark, a line comment before the line break; without an end both reach to the end of the text. */
function skipComment(text: string, from: number): number {
  const isBlock = text.startsWith('/*', from)
  const end = isBlock ? text.indexOf('*/', from + 2) : text.indexOf('\n', from)
  if (end === -1) return text.length
  return isBlock ? end + 2 : end
}

function matchAt(pattern: RegExp, text: string, from: number): number {
  return matchesAt(pattern, text, from) ? pattern.lastIndex : from
}

function writeWord(word: string): string {
  const number = NUMBER.test(word) ? Number(word) : Infinity
  return LITERALS.get(word) ?? JSON.stringify(Number.isFinite(number) ? number : word)
}
