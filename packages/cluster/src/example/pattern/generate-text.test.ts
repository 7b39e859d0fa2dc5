import { expect, test } from 'vitest'
import { generateText } from './generate-text.ts'
import { matchesPattern } from './matches-pattern.ts'
import { parsePattern } from './parse-pattern.ts'

const ANY = { min: 0, max: Infinity }

test.each([
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE])?$',
  '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$',
  '^$|^(?:[0-9]{1,3}\\.){3}[0-9]{1,3}$',
  '^arn:aws(?P<part>-cn)?:iam::\\d{12}:role/\\S+$',
  '[^/]{4}',
  '^\\x41\\u0042\\.$',
  '^a{2,}b{0}c?$',
  '^[\\w.-]+@[\\w.-]+$',
  '',
])('a text of the pattern %s matches it, also by the engine of the platform', (source) => {
  const pattern = parsePattern(source)
  const text = pattern && generateText(pattern, ANY)
  expect(text).toMatch(new RegExp(source.replace('?P<', '?<'), 'u'))
})

test.each([
  ['^[a-z]+$', 12, 12],
  ['^a*$', 3, 8],
  ['^(x|yy|zzz)$', 3, 3],
])('a text of %s has %i to %i characters', (source, min, max) => {
  const pattern = parsePattern(source)
  const text = (pattern && generateText(pattern, { min, max })) ?? ''
  expect(text).toMatch(new RegExp(source))
  expect(text.length).toBeGreaterThanOrEqual(min)
  expect(text.length).toBeLessThanOrEqual(max)
})

test.each([
  '(?=a)b',
  '\\bword',
  '(a)\\1',
  '(?i)a',
  '\\p{L}',
  '[[:alpha:]]',
  'a**',
  '(',
  '[z-a]',
  '*',
])('the pattern %s is not supported, so nothing is generated', (source) => {
  expect(parsePattern(source)).toBeUndefined()
})

test('a pattern without a text has none', () => {
  const pattern = parsePattern('a^b')
  expect(pattern && generateText(pattern, ANY)).toBeUndefined()
})

test.each([
  ['^(a+)+$', `${'a'.repeat(300)}b`],
  ['^(a|a)*$', `${'a'.repeat(300)}b`],
  ['^(.*.*.*.*.*.*)*$', '\n'.repeat(300)],
])('a match of %s ends although it would take exponential time', (source, text) => {
  const pattern = parsePattern(source)
  expect(pattern && matchesPattern(pattern, text)).not.toBe(true)
})

test('nested repetitions of nothing end', () => {
  const pattern = parsePattern(`${'('.repeat(30)}${'){99999}'.repeat(30)}b`)
  expect(pattern && generateText(pattern, ANY)).toBeUndefined()
})
