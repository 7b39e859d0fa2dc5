import { expect, test } from 'vitest'
import { toPlainText } from './to-plain-text.ts'
import { scrub } from './scrub.ts'

test('plain text keeps letters of all scripts and drops invisible characters', () => {
  expect(toPlainText('a\u0000b\u202Ec\u{E0020}d\n e é 漢 🚀')).toBe('abcd e é 漢 🚀')
  expect(toPlainText('\u001b]0;title\u0007x\u001b[2Jy')).toBe('xy')
  expect(toPlainText('long text', 5)).toBe('long…')
  expect(toPlainText('to 🚀 land', 5)).toBe('to …')
})

test.each([
  ['a tag', '\u{E0041}'],
  ['a soft hyphen', '\u00AD'],
  ['a joiner', '\u200D'],
  ['an annotation', '\uFFF9'],
  ['a filler', '\u3164'],
  ['a variation selector', '\u{E0100}'],
  ['half a pair', '\uD800'],
])('toPlainText drops %s', (_, hidden) => {
  expect(toPlainText(`a${hidden}b`)).toBe('ab')
})

test.each([
  ['a given secret', 'key was hunter2hunter2', ['hunter2hunter2']],
  ['an API key', 'bad key sk-ant-abcdefgh12345678', []],
  ['a bearer token', 'header Bearer abcdef1234567890', []],
  ['URL credentials', 'at redis://user:pa55word@host:6379', []],
  ['a JWT', 'token eyJhbGciOi.eyJzdWIiOiIx.c2lnbmF0dXJl', []],
  ['an API key with a hidden character in it', 'bad key sk-ant-ab\u200Bcdefgh12345678', []],
  [
    'a given secret with a hidden character in it',
    'key was hunter2\u00ADhunter2',
    ['hunter2hunter2'],
  ],
  ['an assignment', '{"api_key":"abcdef123456"}', []],
])('scrub removes %s', (_, text, secrets) => {
  const clean = scrub(text, secrets)
  expect(clean).toContain('[redacted]')
  expect(clean).not.toMatch(/hunter2|abcdefgh12345678|abcdef1234|pa55word|c2lnbmF0/)
})
