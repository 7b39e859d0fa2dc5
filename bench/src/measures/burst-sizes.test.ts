import { expect, test } from 'vitest'
import { computeBurstSizes } from './burst-sizes.ts'

test('moments closer than the gap form one burst, whatever their order', () => {
  expect(computeBurstSizes([60_020, 0, 60_000, 5, 60_900], 1_000)).toEqual([2, 3])
})

test('moments exactly one gap apart form two bursts', () => {
  expect(computeBurstSizes([0, 1_000], 1_000)).toEqual([1, 1])
})

test('no moments form no burst', () => {
  expect(computeBurstSizes([], 1_000)).toEqual([])
})
