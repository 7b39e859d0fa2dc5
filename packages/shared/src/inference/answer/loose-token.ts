import { QUOTES, readLooseString, type StringPlace } from './loose-string.ts'

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

const IGNORED = /\s+|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|#[^\n]*|(?:\.{3}|…)(?=\s*[,\]}])/y
const BARE_KEY = /[\w$.-]+/y
// Up to the next structural character, or a comment after a space.
const BARE_VALUE = /(?:(?!\s(?:\/\/|\/\*|#))[^,{}[\]"\n:])+/y
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
  const ignored = matchAt(IGNORED, text, index)
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

function matchAt(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : from
}

function writeWord(word: string): string {
  const number = NUMBER.test(word) ? Number(word) : Infinity
  return LITERALS.get(word) ?? JSON.stringify(Number.isFinite(number) ? number : word)
}
