import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { safeJson } from './safe-json.ts'
import { safeYaml } from './safe-yaml.ts'

const TEXT = 'a\u001B[31mb\u009Bc\u202Ed\u200Be\uD800f\u{E0041}g\u2028h'
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u

test('JSON keeps the value and shows nothing that a terminal obeys', () => {
  const text = safeJson({ [TEXT]: [TEXT] }, 2)
  expect(text).not.toMatch(HARMFUL)
  expect(JSON.parse(text)).toEqual({ [TEXT]: [TEXT] })
})

test('YAML leaves such characters out, of keys too, and keeps lines', () => {
  const text = safeYaml({ [TEXT]: ['two\nlines', TEXT, 1, null, true] })
  expect(text).not.toMatch(HARMFUL)
  expect(parse(text)).toEqual({ 'a[31mbcdefgh': ['two\nlines', 'a[31mbcdefgh', 1, null, true] })
})

test('YAML of equal rows repeats them: no anchors', () => {
  const row = { a: 1 }
  expect(safeYaml([row, row])).toBe('- a: 1\n- a: 1\n')
})
