import { expect, test } from 'vitest'
import { findSimilarWords } from './find-similar-words.ts'

const WORDS = ['limit', 'cursor', 'cluster', 'createdAfter', 'status']

test.each([
  ['limt', ['limit']],
  ['Cluster', ['cluster']],
  ['clutser', ['cluster']],
  ['created', ['createdAfter']],
  ['zzzzzz', []],
  ['', []],
  ['x'.repeat(10_000), []],
])('similar words of %s are %j', (given, near) => {
  expect(findSimilarWords(given, WORDS)).toEqual(near)
})

test('similar words are sorted by distance, at most three', () => {
  expect(findSimilarWords('prod-1', ['prod-22', 'prod-2', 'prod-3', 'prod-1', 'prod-4'])).toEqual([
    'prod-1',
    'prod-2',
    'prod-3',
  ])
})
