import { expect, test } from 'vitest'
import { countInFlight } from './in-flight.ts'

test('a call counts in each step in proportion to its running time in the step', () => {
  const spans = [
    { arrivedMs: 1_000, endedMs: 2_500 },
    { arrivedMs: 1_500, endedMs: 2_000 },
  ]
  expect(countInFlight(spans, 1_000, 4_000, 1_000)).toEqual([1.5, 0.5, 0])
})

test('an unfinished call counts as running until the end of the range', () => {
  expect(countInFlight([{ arrivedMs: 500, endedMs: null }], 0, 2_000, 1_000)).toEqual([0.5, 1])
})

test('calls before and after the range are excluded', () => {
  expect(countInFlight([{ arrivedMs: -900, endedMs: 9_000 }], 0, 1_000, 500)).toEqual([1, 1])
})
