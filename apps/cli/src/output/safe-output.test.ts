import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { safeJson } from './safe-json.ts'
import { safeYaml } from './safe-yaml.ts'

const TEXT = 'a\u001B[31mb\u009Bc\u202Ed\u200Be\uD800f\u{E0041}g\u2028h'
// eslint-disable-next-line no-control-regex
const HARMFUL = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200B\u202E\u2028\uD800\u{E0041}]/u

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
