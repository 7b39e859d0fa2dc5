import { expect, test } from 'vitest'
import { computeSlowdown } from './slowdown.ts'

test('one slow run of several changes nothing in the slowdown', () => {
  expect(computeSlowdown([1_000, 1_000, 4_000], [1_050, 9_000, 1_050])).toBe(1.05)
})

test('a slowdown needs a run alone and a run beside another scan, otherwise it is NaN', () => {
  expect(computeSlowdown([], [1])).toBeNaN()
  expect(computeSlowdown([1], [])).toBeNaN()
})
