import { parseEscape } from './parse-escape.ts'
import type { CharacterRange, PatternNode } from './pattern-node.ts'
import { UnsupportedPatternError, type PatternReader } from './pattern-reader.ts'

/** Parses a character class after its opening bracket. */
export function parseClass(reader: PatternReader): PatternNode {
  const isNegated = reader.text[reader.at] === '^'
  if (isNegated) reader.at += 1
  const ranges: CharacterRange[] = []
  // RE2 takes a bracket at the start literally, and ECMAScript closes the class.
  if (reader.text[reader.at] === ']') throw new UnsupportedPatternError()
  while (reader.text[reader.at] !== ']') ranges.push(...readRanges(reader))
  reader.at += 1
  return { kind: 'characters', ranges, isNegated }
}

/** Reads a character, a range, or a set such as `\d`. */
function readRanges(reader: PatternReader): readonly CharacterRange[] {
  // Classes by name, such as [:alpha:].
  if (reader.text[reader.at] === '[' && reader.text[reader.at + 1] === ':')
    throw new UnsupportedPatternError()
  const from = readMembers(reader)
  if (reader.text[reader.at] !== '-' || reader.text[reader.at + 1] === ']') return from
  reader.at += 1
  const [first, ...others] = from
  const [last] = readMembers(reader)
  if (!first || others.length > 0 || !last || last[0] < first[1])
    throw new UnsupportedPatternError()
  return [[first[0], last[1]]]
}

function readMembers(reader: PatternReader): readonly CharacterRange[] {
  const next = reader.text[reader.at]
  if (next === undefined) throw new UnsupportedPatternError()
  reader.at += 1
  if (next === '\\') {
    const { ranges, isNegated } = parseEscape(reader)
    if (isNegated) throw new UnsupportedPatternError()
    return ranges
  }
  const code = next.codePointAt(0) ?? 0
  return [[code, code]]
}
