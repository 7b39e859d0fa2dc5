import { expect, test } from 'vitest'
import { computeEqualErrorRate, computeOrderedShare, drawTradeOff } from './trade-off.ts'

const answerable = [2, 3, 4, 5]
const impossible = [0, 1, 2, 3]

test('pairs of equal scores count half', () => {
  // Of 16 pairs, 13 are in order, and two have equal scores.
  expect(computeOrderedShare(answerable, impossible)).toBeCloseTo(14 / 16)
})

test('at the threshold of the equal error rate, both errors are at most that rate', () => {
  expect(computeEqualErrorRate(answerable, impossible)).toBeCloseTo(1 / 4)
  expect(computeEqualErrorRate([2, 3], [0, 1])).toBe(0)
})

test('the trade-off has one point for each threshold, and no point of more than 30 % lost queries', () => {
  expect(drawTradeOff(answerable, impossible)).toEqual([
    { x: 0, y: 0 },
    { x: 0, y: 25 },
    { x: 0, y: 50 },
    { x: 0, y: 50 },
    { x: 25, y: 75 },
    { x: 25, y: 75 },
  ])
})
