import { expect, test } from 'vitest'
import { lowerBound } from './lower-bound.ts'

test('with few slots the sum of the work binds', () => {
  expect(lowerBound([4, 4, 4, 4], 2)).toEqual({ ms: 8, binding: 'concurrency' })
})

test('with a slot for each call the slowest one binds', () => {
  expect(lowerBound([1, 2, 9], 3)).toEqual({ ms: 9, binding: 'slowest call' })
})
