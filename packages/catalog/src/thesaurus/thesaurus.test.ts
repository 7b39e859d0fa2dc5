import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createLexicon } from '../lexicon.ts'

const { stemmer, thesaurus } = createLexicon()

function shareConcept(query: string, row: string): boolean {
  const inRow = thesaurus.findRowConcepts(stemmer.stemText(row)).map(({ concept }) => concept)
  return thesaurus
    .findQueryConcepts(stemmer.stemText(query))
    .some(({ concept }) => inRow.includes(concept))
}

test.each([
  ['crontab', 'scheduled tasks'],
  ['reverse proxies', 'HTTP routing'],
  ['graphics cards', 'sharing of GPUs'],
  ['rolled back', 'the revisions of a template'],
  ['amazon', 'AWS'],
])('the query "%s" and the row text "%s" share a concept', (query, row) => {
  expect(shareConcept(query, row)).toBe(true)
})

test('query phrases of a thesaurus concept match in queries but not in rows', () => {
  expect(shareConcept('certificate', 'a padlock')).toBe(false)
  expect(shareConcept('padlock', 'a certificate')).toBe(true)
})

test('a phrase matches only as a whole, with its words in order', () => {
  expect(shareConcept('reverse', 'HTTP routing')).toBe(false)
  expect(shareConcept('proxy the reverse', 'HTTP routing')).toBe(false)
})

test('an everyday concept weighs less than a technical one', () => {
  const weightsOf = (query: string) =>
    thesaurus.findQueryConcepts(stemmer.stemText(query)).map(({ weight }) => weight)
  expect(weightsOf('erase')).toEqual([0.5])
  expect(weightsOf('crontab')).toEqual([1])
})

test('no phrase of several words loses all but one to stop words, no phrase exceeds four stems, and concepts are unique', () => {
  const text = readFileSync(new URL('./thesaurus.txt', import.meta.url), 'utf8')
  const lines = text.split('\n').filter((line) => /^[^#]/.test(line))
  const phrases = lines
    .flatMap((line) => line.replace('~', '').split(/[<,]/))
    .map((one) => one.trim())
  const unusable = phrases.filter((phrase) => {
    const { length } = stemmer.stemText(phrase)
    return length === 0 || length > 4 || (length === 1 && /\s/.test(phrase))
  })
  expect(unusable).toEqual([])
  expect(phrases.length).toBeGreaterThan(1_500)
  const names = lines.map((line) => line.split(/[<,]/, 1).join().trim())
  expect(names).toEqual([...new Set(names)])
})

test('a thesaurus that is used while it loads is complete', async () => {
  const { thesaurus: loading } = createLexicon()
  const loads = Promise.all([loading.load(), loading.load()])
  const early = loading.stems.size
  await loads
  expect(loading.stems.size).toBe(early)
  expect(early).toBe(thesaurus.stems.size)
  expect(early).toBeGreaterThan(1_000)
})
