import { expect, test } from 'vitest'
import { spread } from './spread.ts'

test('equal values are one figure, others their median between the least and the most', () => {
  expect(spread([2, 2.01], 1)).toBe('2.0')
  expect(spread([5, 1, 2], 0)).toBe('2 (1–5)')
})
