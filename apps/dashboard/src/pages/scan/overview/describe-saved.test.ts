import { expect, test } from 'vitest'
import { describeSaved } from './describe-saved.ts'

function describe(cacheHits: number, curatedAnswers: number, skipped: number, discarded = 0) {
  return describeSaved({
    usage: { cacheHits, curatedAnswers },
    progress: { skipped },
    failures: { discarded },
  })
}

test('answers without a call are counted by their origin', () => {
  expect(describe(254, 3, 10)).toEqual({
    value: '267 calls',
    note: '254 by the result cache, 3 curated, 10 unchanged',
  })
})

test('discarded types were not saved', () => {
  expect(describe(0, 0, 4, 4)).toBeUndefined()
  expect(describe(0, 0, 5, 4)).toEqual({ value: '1 call', note: '1 unchanged' })
})
