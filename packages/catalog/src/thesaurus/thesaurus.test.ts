import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { stemText } from '../words/stem.ts'
import { findQueryConcepts, findRowConcepts, thesaurusStems } from './thesaurus.ts'

function meets(query: string, row: string): boolean {
  const told = new Set(findRowConcepts(stemText(row)).map(({ concept }) => concept))
  return findQueryConcepts(stemText(query)).some(({ concept }) => told.has(concept))
}

test.each([
  ['crontab', 'scheduled tasks'],
  ['reverse proxies', 'HTTP routing'],
  ['graphics cards', 'sharing of GPUs'],
  ['rolled back', 'the revisions of a template'],
  ['amazon', 'AWS'],
])('%s is understood as %s', (query, row) => {
  expect(meets(query, row)).toBe(true)
})

test('what people type for a thing proves nothing when a row says it', () => {
  expect(meets('certificate', 'a padlock')).toBe(false)
  expect(meets('padlock', 'a certificate')).toBe(true)
})

test('a phrase needs all of its words, one after the other', () => {
  expect(meets('reverse', 'HTTP routing')).toBe(false)
  expect(meets('proxy the reverse', 'HTTP routing')).toBe(false)
})

test('a word of every day says less than one of the trade', () => {
  expect(findQueryConcepts(stemText('erase')).map(({ weight }) => weight)).toEqual([0.5])
  expect(findQueryConcepts(stemText('crontab')).map(({ weight }) => weight)).toEqual([1])
})

test('no phrase shrinks to one word, which would be met everywhere, and none is too long to be met', () => {
  const text = readFileSync(new URL('./thesaurus.txt', import.meta.url), 'utf8')
  const lines = text.split('\n').filter((line) => /^[^#]/.test(line))
  const phrases = lines
    .flatMap((line) => line.replace('~', '').split(/[<,]/))
    .map((one) => one.trim())
  const lost = phrases.filter((phrase) => {
    const { length } = stemText(phrase)
    return length === 0 || length > 4 || (length === 1 && /\s/.test(phrase))
  })
  expect(lost).toEqual([])
  expect(phrases.length).toBeGreaterThan(1_500)
  const names = lines.map((line) => line.split(/[<,]/, 1).join().trim())
  expect(names).toEqual([...new Set(names)])
})

test('it may be read little by little, and is whole to whoever asks before that is over', async () => {
  vi.resetModules()
  const fresh = await import('./thesaurus.ts')
  const reading = Promise.all([fresh.readThesaurus(), fresh.readThesaurus()])
  const early = fresh.thesaurusStems().size
  await reading
  expect(fresh.thesaurusStems().size).toBe(early)
  expect(early).toBe(thesaurusStems().size)
  expect(early).toBeGreaterThan(1_000)
})
