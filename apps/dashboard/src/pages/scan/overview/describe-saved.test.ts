import { expect, test } from 'vitest'
import { describeSaved } from './describe-saved.ts'

test('types without a call are shown with their worth and their origins', () => {
  const saved = { types: 267, costUsd: 1.92, ms: 660_000 }
  expect(describeSaved({ usage: { cacheHits: 254, curatedAnswers: 3, saved } })).toEqual({
    value: '267 types, $1.92',
    note: '11 min of calls, 254 by the result cache, 3 curated, 10 unchanged',
  })
})

test('without a mean of the model only the types are counted, and nothing is shown for none', () => {
  const saved = { types: 1, costUsd: null, ms: null }
  expect(describeSaved({ usage: { cacheHits: 0, curatedAnswers: 0, saved } })).toEqual({
    value: '1 type',
    note: '1 unchanged',
  })
  const none = { ...saved, types: 0 }
  expect(describeSaved({ usage: { cacheHits: 0, curatedAnswers: 0, saved: none } })).toBeUndefined()
})
