import { expect, test } from 'vitest'
import { readCatalogFilter } from './read-catalog-filter.ts'

const read = (query: string) => readCatalogFilter(new URLSearchParams(query))

test('a URL without parameters has an empty filter', () => {
  expect(Object.values(read('')).every((value) => value === undefined)).toBe(true)
})

test('the core group is an empty text for the server', () => {
  expect(read('group=core').group).toBe('')
  expect(read('group=apps').group).toBe('apps')
})

test.each([
  ['stale', { stale: true }],
  ['low-confidence', { lowConfidence: true }],
  ['suspicious', { suspicious: true }],
])('only=%s is one flag', (only, flag) => {
  expect(read(`only=${only}&cluster=prod`)).toMatchObject({ cluster: 'prod', ...flag })
})
