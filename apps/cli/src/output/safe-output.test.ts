import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { stringifySafeJson } from './stringify-safe-json.ts'
import { stringifySafeYaml } from './stringify-safe-yaml.ts'

const TEXT = 'a\u001B[31mb\u009Bc\u202Ed\u200Be\uD800f\u{E0041}g\u2028h'
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u

test('JSON output escapes control characters and parses to the same value', () => {
  const text = stringifySafeJson({ [TEXT]: [TEXT] }, 2)
  expect(text).not.toMatch(HARMFUL)
  expect(JSON.parse(text)).toEqual({ [TEXT]: [TEXT] })
})

test('YAML output drops control characters from keys and values and keeps line breaks', () => {
  const text = stringifySafeYaml({ [TEXT]: ['two\nlines', TEXT, 1, null, true] })
  expect(text).not.toMatch(HARMFUL)
  expect(parse(text)).toEqual({ 'a[31mbcdefgh': ['two\nlines', 'a[31mbcdefgh', 1, null, true] })
})

test('YAML output repeats equal rows instead of using anchors', () => {
  const row = { a: 1 }
  expect(stringifySafeYaml([row, row])).toBe('- a: 1\n- a: 1\n')
})
