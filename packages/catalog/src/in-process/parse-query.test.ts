import { expect, test } from 'vitest'
import { createLexicon } from '../lexicon.ts'
import { parseQuery } from './parse-query.ts'
import { PrefixIndex } from './prefix-index.ts'

const lexicon = createLexicon()

/** A vocabulary of `size` words that counts the complete reads of its terms. */
function countingVocabulary(size: number) {
  const terms = new Set(Array.from({ length: size }, (_, index) => `widget${index + 10_000}x`))
  const prefixes = new PrefixIndex()
  for (const term of terms) prefixes.add(term)
  const reads = { all: 0 }
  return {
    reads,
    terms,
    vocabulary: {
      rarity: (term: string) => (terms.has(term) ? 1 : 0),
      terms: () => {
        reads.all += 1
        return terms
      },
      findByPrefix: (stem: string) => prefixes.find(stem, (term) => terms.has(term)),
    },
  }
}

test('spelling correction compares at most 16 words of a query with all terms', async () => {
  const { reads, vocabulary } = countingVocabulary(100)
  const query = Array.from(
    { length: 500 },
    (_, index) => `unknown${'abcdefgh'[index % 8]}${'q'.repeat(index % 60)}`,
  )
  await parseQuery(query.join(' '), vocabulary, lexicon)
  expect(reads.all).toBe(16)
})

test('spelling correction compares no known word of a query with all terms', async () => {
  const { reads, terms, vocabulary } = countingVocabulary(1_000)
  const { words, isUnderstood } = await parseQuery(
    [...terms].slice(0, 32).join(' '),
    vocabulary,
    lexicon,
  )
  expect(reads.all).toBe(0)
  expect(words).toHaveLength(32)
  expect(isUnderstood).toBe(true)
})

test('a prefix of thousands of terms matches the 500 shortest of them', async () => {
  const { vocabulary } = countingVocabulary(5_000)
  const { terms } = await parseQuery('widg', vocabulary, lexicon)
  expect(terms[0]?.size).toBe(500)
})

test('a prefix search drops terms that are no longer in use', () => {
  const prefixes = new PrefixIndex()
  for (const term of ['network', 'networks', 'net', 'kafka']) prefixes.add(term)
  expect(prefixes.find('net', (term) => term !== 'networks')).toEqual(['network'])
  expect(prefixes.find('net', () => true)).toEqual(['network'])
  prefixes.clear()
  expect(prefixes.find('net', () => true)).toEqual([])
})
