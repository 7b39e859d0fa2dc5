import { parseClass } from './parse-class.ts'
import { parseEscape } from './parse-escape.ts'
import type { PatternNode } from './pattern-node.ts'
import { UnsupportedPatternError, type PatternReader } from './pattern-reader.ts'

/** Longer patterns come from enumerations that no one writes by hand. */
const MAX_LENGTH = 2_000
const MAX_DEPTH = 40
const ANY: PatternNode = { kind: 'characters', ranges: [[10, 10]], isNegated: true }

/**
 * Parses the part that RE2 and ECMAScript have in common. Returns undefined for anything else: assertions, back references,
 * flags, properties of Unicode.
 */
export function parsePattern(pattern: string): PatternNode | undefined {
  if (pattern.length > MAX_LENGTH) return undefined
  const reader: PatternReader = { text: Array.from(pattern), at: 0 }
  try {
    const node = parseChoice(reader, 0)
    return reader.at === reader.text.length ? node : undefined
  } catch (error) {
    if (error instanceof UnsupportedPatternError) return undefined
    throw error
  }
}

function parseChoice(reader: PatternReader, depth: number): PatternNode {
  if (depth > MAX_DEPTH) throw new UnsupportedPatternError()
  const options = [parseSequence(reader, depth)]
  while (reader.text[reader.at] === '|') {
    reader.at += 1
    options.push(parseSequence(reader, depth))
  }
  const [only] = options
  return options.length === 1 && only ? only : { kind: 'choice', options }
}

function parseSequence(reader: PatternReader, depth: number): PatternNode {
  const parts: PatternNode[] = []
  for (let next = reader.text[reader.at]; next !== undefined; next = reader.text[reader.at]) {
    if (next === '|' || next === ')') break
    parts.push(parseQuantifiers(reader, parseAtom(reader, depth)))
  }
  return { kind: 'sequence', parts }
}

function parseAtom(reader: PatternReader, depth: number): PatternNode {
  const next = reader.text[reader.at] ?? ''
  reader.at += 1
  if ('*+?'.includes(next)) throw new UnsupportedPatternError()
  switch (next) {
    case '^':
      return { kind: 'start' }
    case '$':
      return { kind: 'end' }
    case '.':
      return ANY
    case '[':
      return parseClass(reader)
    case '\\':
      return parseEscape(reader)
    case '(':
      return parseGroup(reader, depth)
    default:
      return createLiteral(next)
  }
}

function createLiteral(character: string): PatternNode {
  const code = character.codePointAt(0) ?? 0
  return { kind: 'characters', ranges: [[code, code]], isNegated: false }
}

/** Accepts groups with and without capture, and named ones. */
function parseGroup(reader: PatternReader, depth: number): PatternNode {
  const rest = reader.text.slice(reader.at, reader.at + 40).join('')
  const [start] = /^\?(?::|P?<[A-Za-z]\w*>)/.exec(rest) ?? ['']
  if (start === '' && rest.startsWith('?')) throw new UnsupportedPatternError()
  reader.at += start.length
  const node = parseChoice(reader, depth + 1)
  if (reader.text[reader.at] !== ')') throw new UnsupportedPatternError()
  reader.at += 1
  return node
}

function parseQuantifiers(reader: PatternReader, part: PatternNode): PatternNode {
  const bounds = readBounds(reader)
  if (bounds === undefined) return part
  // Lazy quantifiers match the same texts.
  if (reader.text[reader.at] === '?') reader.at += 1
  if (readBounds(reader) !== undefined) throw new UnsupportedPatternError()
  return { kind: 'repeat', part, min: bounds[0], max: bounds[1] }
}

function readBounds(reader: PatternReader): [min: number, max: number] | undefined {
  const rest = reader.text.slice(reader.at, reader.at + 16).join('')
  const [all, sign, min = '', comma, max = ''] =
    /^(?:([*+?])|\{(\d{1,5})(,?)(\d{0,5})\})/.exec(rest) ?? []
  if (all === undefined) return undefined
  reader.at += all.length
  if (sign !== undefined) return [sign === '+' ? 1 : 0, sign === '?' ? 1 : Infinity]
  const most = comma === '' ? Number(min) : max === '' ? Infinity : Number(max)
  return [Number(min), most]
}
