import { expect, test } from 'vitest'
import { isNestedDeeply } from './is-nested-deeply.ts'

const nested = (open: string, shut: string, depth: number): unknown =>
  JSON.parse(`${open.repeat(depth)}1${shut.repeat(depth)}`)

test.each([
  ['lists', '[', ']'],
  ['objects', '{"a":', '}'],
])('%s with more than 200 levels are nested deeply', (_title, open, shut) => {
  expect(isNestedDeeply(nested(open, shut, 200))).toBe(false)
  expect(isNestedDeeply(nested(open, shut, 201))).toBe(true)
  expect(isNestedDeeply(nested(open, shut, 1_000_000))).toBe(true)
})

test.each([
  [null],
  [undefined],
  ['['.repeat(1_000)],
  [Array.from({ length: 100_000 }, () => ({}))],
])('a value with few levels is not nested deeply', (value) => {
  expect(isNestedDeeply(value)).toBe(false)
})
