import { expect, test } from 'vitest'
import { countInFlight } from './in-flight.ts'

test('a call counts in each step by the part of it in which it runs', () => {
  const spans = [
    { arrivedMs: 1_000, endedMs: 2_500 },
    { arrivedMs: 1_500, endedMs: 2_000 },
  ]
  expect(countInFlight(spans, 1_000, 4_000, 1_000)).toEqual([1.5, 0.5, 0])
})

test('a call that has not ended runs to the end of what is looked at', () => {
  expect(countInFlight([{ arrivedMs: 500, endedMs: null }], 0, 2_000, 1_000)).toEqual([0.5, 1])
})

test('calls before and after the range are excluded', () => {
  expect(countInFlight([{ arrivedMs: -900, endedMs: 9_000 }], 0, 1_000, 500)).toEqual([1, 1])
})
