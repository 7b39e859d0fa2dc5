import { expect, test } from 'vitest'
import { formatSpread } from './spread.ts'

test('equal values are formatted as one figure, others as median with minimum and maximum', () => {
  expect(formatSpread([2, 2.01], 1)).toBe('2.0')
  expect(formatSpread([5, 1, 2], 0)).toBe('2 (1–5)')
})
