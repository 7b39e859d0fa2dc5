import { expect, test } from 'vitest'
import { parseQuery } from './parse-query.ts'
import { PrefixIndex } from './prefix-index.ts'

/** A vocabulary of one word for each number, that counts how often all of it is looked at. */
function countingVocabulary(size: number) {
  const terms = new Set(Array.from({ length: size }, (_, index) => `widget${index + 10_000}x`))
  const prefixes = new PrefixIndex()
  for (const term of terms) prefixes.add(term)
  const looks = { all: 0 }
  return {
    looks,
    terms,
    vocabulary: {
      rarity: (term: string) => (terms.has(term) ? 1 : 0),
      terms: () => {
        looks.all += 1
        return terms
      },
      beginningWith: (stem: string) => prefixes.beginningWith(stem, (term) => terms.has(term)),
    },
  }
}

test('a query of 500 unknown words is compared with all terms for the first 16 of them', async () => {
  const { looks, vocabulary } = countingVocabulary(100)
  const query = Array.from(
    { length: 500 },
    (_, index) => `unknown${'abcdefgh'[index % 8]}${'q'.repeat(index % 60)}`,
  )
  await parseQuery(query.join(' '), vocabulary)
  expect(looks.all).toBe(16)
})

test('a query of known words is compared with the terms of their first letters only', async () => {
  const { looks, terms, vocabulary } = countingVocabulary(1_000)
  const { stems, isUnderstood } = await parseQuery([...terms].slice(0, 32).join(' '), vocabulary)
  expect(looks.all).toBe(0)
  expect(stems).toHaveLength(32)
  expect(isUnderstood).toBe(true)
})

test('a beginning of thousands of terms stands for the 500 shortest of them', async () => {
  const { vocabulary } = countingVocabulary(5_000)
  const { asked } = await parseQuery('widg', vocabulary)
  expect(asked[0]?.size).toBe(500)
})

test('a term that no row has any more is found by no beginning', () => {
  const prefixes = new PrefixIndex()
  for (const term of ['network', 'networks', 'net', 'kafka']) prefixes.add(term)
  expect(prefixes.beginningWith('net', (term) => term !== 'networks')).toEqual(['network'])
  expect(prefixes.beginningWith('net', () => true)).toEqual(['network'])
  prefixes.clear()
  expect(prefixes.beginningWith('net', () => true)).toEqual([])
})
