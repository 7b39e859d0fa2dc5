import { expect, test } from 'vitest'
import { truncateQuery, limitTerms } from './truncate-query.ts'

const words = (count: number, between = ' '): string =>
  Array.from({ length: count }, (_, index) => `word${index}`).join(between)

test('a query of 32 words is kept whole, whatever separates the words', () => {
  for (const query of [
    '',
    'postgres with backups',
    words(32),
    words(32, ','),
    `${words(32)} ...`,
  ]) {
    expect(truncateQuery(query)).toEqual({ text: query, note: null })
  }
})

test('a longer query is truncated to its first 32 words, with a note', () => {
  const { text, note } = truncateQuery(words(300, '/'))
  expect(text).toBe(`${words(32, '/')}/`)
  expect(note).toBe('Only the first 32 words of the query were searched for.')
})

test('a CamelCase word of a thousand parts becomes 32 terms of at most 64 letters', () => {
  expect(limitTerms(Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)))).toEqual(
    Array.from({ length: 32 }, () => 'x'.repeat(64)),
  )
})
