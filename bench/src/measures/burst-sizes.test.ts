import { expect, test } from 'vitest'
import { computeBurstSizes } from './burst-sizes.ts'

test('calls closer than the gap form one burst, in any order', () => {
  expect(computeBurstSizes([60_020, 0, 60_000, 5, 60_900], 1_000)).toEqual([2, 3])
})

test('two calls exactly one gap apart form two bursts', () => {
  expect(computeBurstSizes([0, 1_000], 1_000)).toEqual([1, 1])
})

test('no calls form no burst', () => {
  expect(computeBurstSizes([], 1_000)).toEqual([])
})
