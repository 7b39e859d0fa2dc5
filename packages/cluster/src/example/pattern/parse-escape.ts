import type { CharacterRange, PatternNode } from './pattern-node.ts'
import { UnsupportedPatternError, type PatternReader } from './pattern-reader.ts'

const DIGITS: readonly CharacterRange[] = [[48, 57]]
const WORD: readonly CharacterRange[] = [
  [97, 122],
  [48, 57],
  [65, 90],
  [95, 95],
]
const SPACES: readonly CharacterRange[] = [
  [32, 32],
  [9, 13],
]
const SETS: Record<string, readonly CharacterRange[]> = { d: DIGITS, w: WORD, s: SPACES }
const CONTROLS: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13 }

/** Parses what follows a backslash. */
export function parseEscape(reader: PatternReader): PatternNode & { kind: 'characters' } {
  const next = reader.text[reader.at] ?? ''
  reader.at += 1
  const ranges = SETS[next.toLowerCase()]
  if (ranges) return { kind: 'characters', ranges, isNegated: next < 'a' }
  const code = readCode(reader, next)
  return { kind: 'characters', ranges: [[code, code]], isNegated: false }
}

function readCode(reader: PatternReader, next: string): number {
  const control = CONTROLS[next]
  if (control !== undefined) return control
  if (next === 'x' || next === 'u') {
    const length = next === 'x' ? 2 : 4
    const digits = reader.text.slice(reader.at, reader.at + length).join('')
    if (digits.length !== length || !/^[\da-f]+$/i.test(digits)) throw new UnsupportedPatternError()
    reader.at += length
    return Number.parseInt(digits, 16)
  }
  if (/^[a-z0-9]?$/i.test(next)) throw new UnsupportedPatternError()
  return next.codePointAt(0) ?? 0
}
